"""A file's text to its documents: values, and the place of each of them."""

import re
from dataclasses import dataclass

import yaml

from gitpod_sync.manifests.yaml.composer import Composer, Json, Places, StopReading
from gitpod_sync.manifests.yaml.escapes import mend_escapes
from gitpod_sync.manifests.yaml.limits import Limits
from gitpod_sync.manifests.yaml.syntax import explain_syntax_error
from gitpod_sync.manifests.yaml.text import Flaw

__all__ = ["Document", "FieldPath", "Json", "Reading", "read_documents"]

FieldPath = tuple[str | int, ...]

_UNQUOTED = re.compile(r"[-+.~0-9A-Za-z_]{1,60}(?=[\s,\]}])")


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `start` is where it begins in `text`, `places` where its keys and values are.

    A null in a mapping is not in `value` but has its place. `has_nulls`: there are some, in this document or before it.
    """

    value: Json
    start: yaml.Mark
    places: Places
    text: str
    has_nulls: bool = False

    def locate(self, path: FieldPath, *, on_key: bool = False) -> yaml.Mark:
        """The place of the value (or key) at the path; where the path ends early, the last key on it."""
        mark, last_key, places = self.start, self.start, self.places
        for step in path:
            if step not in places:
                return last_key
            last_key, value, inside = places[step]
            mark, places = (last_key if on_key else value), inside or {}
        return mark

    def places_at(self, path: FieldPath) -> Places:
        """The places inside the value at the path."""
        places = self.places
        for step in path:
            places = places[step][2] or {}
        return places

    def value_at(self, path: FieldPath) -> Json:
        """The value at the path; None where there is none."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def written_at(self, path: FieldPath) -> str:
        """How the number or boolean at the path is written, without quotes; "" where it has a tag or an anchor."""
        written = _UNQUOTED.match(self.text, self.locate(path).index)
        return written[0] if written else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents before the first syntax error, and what is wrong with the file as YAML."""

    documents: tuple[Document, ...]
    flaws: tuple[Flaw, ...]


def read_documents(text: str, limits: Limits) -> Reading:
    """Read all documents of a file; empty ones are left out.

    JSON texts may follow each other without a separator, as in kubectl.
    """
    composer = Composer(*mend_escapes(text), limits)
    documents: list[Document] = []
    while True:
        try:
            while (composed := composer.compose_next()) is not None:
                if composed[0] is not None:
                    documents.append(Document(*composed, composer.text, composer.has_nulls))
        except yaml.YAMLError as error:
            if composer.goes_on_with_json(error):
                continue
            composer.flaws.append(explain_syntax_error(error, composer.text))
        except StopReading as stop:
            composer.flaws.append(stop.flaw)
        return Reading(tuple(documents), tuple(composer.flaws))
