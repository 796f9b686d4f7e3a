"""The events of PyYAML's C parser to values with the place of every key and value, in one pass.

Values are plain dicts, lists and scalars, read as kubectl reads them: a null inside a mapping is left out and has its
place all the same, merge keys are honoured, aliases share their value. Nothing is constructed from tags, so nothing can
run.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import yaml

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.yaml.confidential import confidential_lines, is_plain_key
from gitpod_sync.manifests.yaml.frames import LINE_BREAK
from gitpod_sync.manifests.yaml.limits import Limits
from gitpod_sync.manifests.yaml.scalars import Scalar, canonical_key, resolve
from gitpod_sync.manifests.yaml.syntax import another_json_text, template_flaw
from gitpod_sync.manifests.yaml.text import Flaw

try:
    from yaml import CSafeLoader as Events
except ImportError:  # PyYAML was built without libyaml: slower, and stricter about tabs inside JSON
    from yaml import SafeLoader as Events  # type: ignore[assignment]

Json = Any
Places: TypeAlias = dict[str | int, "Entry"]
Entry: TypeAlias = tuple[yaml.Mark, yaml.Mark, Places | None]
"""Where a key and its value stand (an item of a list has one place), and the places inside the value."""

_Node: TypeAlias = tuple[Json, Places | None]
_TAG = "tag:yaml.org,2002:"
_RESOLVED_TAGS = {f"{_TAG}{name}" for name in ("bool", "float", "int", "null")}
_TEXT_TAGS = {"!", f"{_TAG}str"}
_COLLECTION_TAGS = {None, "!", f"{_TAG}map", f"{_TAG}seq"}
_MOST_FLAWS = 100
_MOST_JSON_TEXTS = 200
"""So many JSON texts may follow each other without a line of '---'; each costs a pass over the rest of the file."""


class StopReading(Exception):
    """The rest of the file cannot be read with sense."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A value that aliases may name; `nodes` is what it counts when written out."""

    node: _Node
    nodes: int


class Composer:
    """Composes the documents of one text, in order. `filler` is taken out of scalars; `flaws` grows on the way."""

    def __init__(self, text: str, filler: str, limits: Limits) -> None:
        self.text = text
        self.flaws: list[Flaw] = []
        self.has_nulls = False
        self._next: Callable[[], Any] = Events(text).get_event
        self._filler = filler
        self._limits = limits
        self._anchors: dict[str, _Anchor] = {}
        self._nodes = 0
        self._aliased = 0
        self._json_texts = 1
        self._shows_keys: bool | None = None

    def compose_next(self) -> tuple[Json, yaml.Mark, Places] | None:
        """A document's value, its start and its places; None at the end. Raises `yaml.YAMLError` or `StopReading`."""
        event = self._next()
        while event.__class__ is not yaml.DocumentStartEvent:
            if event.__class__ is yaml.StreamEndEvent:
                return None
            event = self._next()
        self._anchors, self._aliased = {}, 0
        root = self._next()
        value, places = self._compose(root, 0)
        return value, root.start_mark, places or {}

    def goes_on_with_json(self, error: yaml.YAMLError) -> bool:
        """Whether the error is only that another JSON text begins; then that is what is composed next.

        What was read is replaced by line breaks and spaces, so that every place in the file stays where it is.
        """
        mark = another_json_text(error, self.text)
        if mark is None or self._json_texts >= _MOST_JSON_TEXTS:
            return False
        self._json_texts += 1
        self.text = "\n" * mark.line + " " * mark.column + self.text[mark.index :]
        self._next = Events(self.text).get_event
        return True

    def _compose(self, event: Any, depth: int) -> _Node:
        kind = event.__class__
        if kind is yaml.AliasEvent:
            return self._alias(event)
        before = self._nodes
        self._nodes += 1
        if self._nodes > self._limits.nodes:
            raise StopReading(self._too_many_values(event))
        node: _Node
        if kind is yaml.ScalarEvent:
            node = self._scalar(event), None
        elif depth >= self._limits.depth:
            raise StopReading(_flaw(event.start_mark, "too-deep", f"more than {depth} collections within each other"))
        elif event.tag not in _COLLECTION_TAGS:
            self._unknown_tag(event.start_mark)
            node = self._collection(event, depth + 1)
        else:
            node = self._collection(event, depth + 1)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchor(node, self._nodes - before)
        return node

    def _alias(self, event: Any) -> _Node:
        anchor = self._anchors.get(event.anchor)
        if anchor is None:
            message = "the alias names no anchor that is complete before it"
            raise StopReading(_flaw(event.start_mark, "unknown-alias", message, "quote the text if no alias is meant"))
        self._nodes += anchor.nodes
        if self._nodes > self._limits.nodes:
            raise StopReading(self._too_many_values(event))
        self._aliased += anchor.nodes
        if self._aliased > self._limits.aliased_nodes:
            message = f"the aliases of this document stand for more than {self._limits.aliased_nodes} values"
            raise StopReading(_flaw(event.start_mark, "alias-bomb", message, "write the values out"))
        return anchor.node

    def _too_many_values(self, event: Any) -> Flaw:
        message = f"the file holds more than {self._limits.nodes} values"
        return _flaw(event.start_mark, "too-many-values", message, "split it into several files")

    def _scalar(self, event: Any) -> Scalar:
        text: str = event.value
        if self._filler:
            text = text.replace(self._filler, "")
        tag = event.tag
        if tag is None:
            return resolve(text) if event.implicit[0] else text
        if tag in _RESOLVED_TAGS:
            return resolve(text)
        if tag not in _TEXT_TAGS:
            self._unknown_tag(event.start_mark)
        return text

    def _collection(self, event: Any, depth: int) -> _Node:
        return self._mapping(depth) if event.__class__ is yaml.MappingStartEvent else self._sequence(depth)

    def _sequence(self, depth: int) -> _Node:
        values: list[Json] = []
        places: Places = {}
        while (item := self._next()).__class__ is not yaml.SequenceEndEvent:
            value, inside = self._compose(item, depth)
            places[len(values)] = (item.start_mark, item.start_mark, inside)
            values.append(value)
        return values, places

    def _mapping(self, depth: int) -> _Node:
        values: dict[str, Json] = {}
        places: Places = {}
        merged: list[_Node] = []
        while (key_event := self._next()).__class__ is not yaml.MappingEndEvent:
            key = self._key(key_event, depth)
            value_event = self._next()
            value, inside = self._compose(value_event, depth)
            if key == "<<" and _is_plain(key_event):
                merged += self._mergeable(value, inside, value_event.start_mark)
            elif key is not None and key in places:
                self._repeated(key, places[key][0], key_event.start_mark)
            elif key is not None:
                places[key] = (key_event.start_mark, value_event.start_mark, inside)
                if value is not None:
                    values[key] = value
                else:
                    self.has_nulls = True
        _merge(merged, values, places)
        return values, places

    def _key(self, event: Any, depth: int) -> str | None:
        if event.__class__ is yaml.ScalarEvent and event.anchor is None:
            value, inside = self._scalar(event), None
            if value.__class__ is str and value.isascii():
                return value
        else:
            value, inside = self._compose(event, depth)
        key = None if inside is not None else canonical_key(value)
        if key is None:
            mark = event.start_mark
            if self.text[mark.index - 1 : mark.index + 1] == "{{":
                raise StopReading(template_flaw(mark.line + 1, mark.column))
            hint = "quote the text if it begins with '{' or '['"
            self._say(_flaw(mark, "key-not-text", "a key must be text", hint))
        elif key not in {value, event.value}:
            message = f"{self._named(event.value)} is read as " + (f"`{key}`" if self._may_show(key) else "another")
            flaw = _flaw(event.start_mark, "key-read-otherwise", message, "quote it")
            self._say(replace(flaw, severity=Severity.WARNING))
        elif not key.isascii() and key[0].isspace():
            message = "the key begins with a space that YAML does not take for one"
            self._say(_flaw(event.start_mark, "odd-space", message, "replace it by a plain space"))
        return key

    def _mergeable(self, value: Json, inside: Places | None, mark: yaml.Mark) -> list[_Node]:
        if isinstance(value, dict):
            return [(value, inside)]
        if isinstance(value, list) and inside is not None and all(isinstance(each, dict) for each in value):
            return [(each, inside[index][2]) for index, each in enumerate(value)]
        self._say(_flaw(mark, "merge-not-mapping", "only mappings can be merged with '<<'"))
        return []

    def _repeated(self, key: str, first: yaml.Mark, again: yaml.Mark) -> None:
        message = f"{self._named(key)} is given twice, first in line {first.line + 1}"
        self._say(_flaw(again, "duplicate-key", message, "keep one of the two"))

    def _unknown_tag(self, mark: yaml.Mark) -> None:
        hint = "only YAML's own tags are known; quote the text if it begins with '!'"
        self._say(_flaw(mark, "unknown-tag", "the tag is unknown", hint))

    def _say(self, flaw: Flaw) -> None:
        if len(self.flaws) >= _MOST_FLAWS:
            raise StopReading(replace(flaw, code="too-many-flaws", message="too much is wrong to read on", hint=""))
        self.flaws.append(flaw)

    def _named(self, key: str) -> str:
        return f"the key `{key}`" if self._may_show(key) else "a key"

    def _may_show(self, key: str) -> bool:
        """Whether a key may be shown: a value of a Secret can become a key by a slip of the hand."""
        if self._shows_keys is None:
            self._shows_keys = not any(confidential_lines(LINE_BREAK.split(self.text)))
        return self._shows_keys and is_plain_key(key)


def _merge(merged: Iterable[_Node], values: dict[str, Json], places: Places) -> None:
    """Keys written out win over merged ones, and earlier merged ones over later."""
    for mapping, inside in merged:
        for key, entry in (inside or {}).items():
            if key not in places and key in mapping:
                places[key] = entry
                values[str(key)] = mapping[key]


def _is_plain(event: Any) -> bool:
    return event.__class__ is yaml.ScalarEvent and bool(event.implicit[0])


def _flaw(mark: yaml.Mark, code: str, message: str, hint: str = "") -> Flaw:
    return Flaw(code, mark.line + 1, mark.column + 1, message, hint)
