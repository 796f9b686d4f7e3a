"""YAML text to values with the place of every key and value, in one pass over the events of PyYAML's C parser.

Values are plain dicts, lists and scalars, read as kubectl reads them: a null inside a mapping is as good as absent,
merge keys are honoured, aliases share their value. Nothing is constructed from tags, so nothing can run.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.escapes import mend_escapes
from gitpod_sync.manifests.limits import Limits
from gitpod_sync.manifests.scalars import Scalar, canonical_key, resolve
from gitpod_sync.manifests.syntax import explain_syntax_error, template_flaw
from gitpod_sync.manifests.text import Flaw

Json = Any
FieldPath = tuple[str | int, ...]

try:
    from yaml import CSafeLoader as _Events
except ImportError:  # PyYAML was built without libyaml: slower, and stricter about tabs inside JSON
    from yaml import SafeLoader as _Events  # type: ignore[assignment]

_TAG = "tag:yaml.org,2002:"
_RESOLVED_TAGS = {f"{_TAG}{name}" for name in ("bool", "float", "int", "null")}
_PLAIN_KEY = re.compile(r"[-._/A-Za-z0-9]{1,253}")
_COLLECTION_TAGS = {None, "!", f"{_TAG}map", f"{_TAG}seq"}


@dataclass(frozen=True, slots=True)
class Document:
    """One document. `marks` holds, by the id of each collection in `value`, the marks of its keys and values."""

    value: Json
    start: yaml.Mark
    marks: Mapping[int, Mapping[str | int, tuple[yaml.Mark, yaml.Mark]]]

    def locate(self, path: FieldPath, *, on_key: bool = False) -> yaml.Mark:
        """Where the value (or key) at the path is written; where the path ends early, the last place on it."""
        mark, value = self.start, self.value
        for step in path:
            marks = self.marks.get(id(value), {})
            if step not in marks:
                return mark
            key_mark, value_mark = marks[step]
            mark = key_mark if on_key else value_mark
            try:
                value = value[step]
            except (KeyError, IndexError):
                return mark
        return mark


@dataclass(frozen=True, slots=True)
class Reading:
    """The documents before the first syntax error, and what is wrong with the file as YAML."""

    documents: tuple[Document, ...]
    flaws: tuple[Flaw, ...]


def read_documents(text: str, limits: Limits) -> Reading:
    """Read all documents of a file; empty ones are left out."""
    mended, filler = mend_escapes(text)
    reader = _Reader(mended, filler, limits)
    documents: list[Document] = []
    try:
        while (document := reader.next_document()) is not None:
            if document.value is not None:
                documents.append(document)
    except yaml.YAMLError as error:
        reader.flaws.append(explain_syntax_error(error, text))
    except _StopReading as stop:
        reader.flaws.append(stop.flaw)
    return Reading(tuple(documents), tuple(reader.flaws))


class _StopReading(Exception):
    """The rest of the file cannot be read with sense."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


@dataclass(slots=True)
class _Anchor:
    """A value that aliases may name; `nodes` is what it counts when written out."""

    value: Json
    nodes: int


@dataclass(slots=True)
class _Draft:
    """What is known of the document being read. `nodes` counts with every alias written out, `aliased` only those."""

    anchors: dict[str, _Anchor] = field(default_factory=dict)
    marks: dict[int, dict[str | int, tuple[yaml.Mark, yaml.Mark]]] = field(default_factory=dict)
    nodes: int = 0
    aliased: int = 0


class _Reader:
    def __init__(self, text: str, filler: str, limits: Limits) -> None:
        self._next: Callable[[], Any] = _Events(text).get_event
        self._text = text
        self._filler = filler
        self._limits = limits
        self._draft = _Draft()
        self.flaws: list[Flaw] = []

    def next_document(self) -> Document | None:
        """The next document, or None at the end. Raises `yaml.YAMLError` or `_StopReading`."""
        event = self._next()
        while not isinstance(event, yaml.StreamEndEvent | yaml.DocumentStartEvent):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        self._draft = _Draft()
        root = self._next()
        value = self._value(root, 0)
        return Document(value, root.start_mark, self._draft.marks)

    def _value(self, event: Any, depth: int) -> Json:
        draft = self._draft
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = draft.nodes
        draft.nodes += 1
        value: Json
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif depth >= self._limits.depth:
            raise _StopReading(_flaw(event.start_mark, "too-deep", f"more than {depth} collections within each other"))
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(event, depth + 1)
        else:
            value = self._sequence(event, depth + 1)
        if event.anchor is not None:
            draft.anchors[event.anchor] = _Anchor(value, draft.nodes - before)
        return value

    def _alias(self, event: Any) -> Json:
        anchor = self._draft.anchors.get(event.anchor)
        if anchor is None:
            message = "the alias names no anchor that is complete before it"
            raise _StopReading(_flaw(event.start_mark, "unknown-alias", message, "quote the text if no alias is meant"))
        self._draft.nodes += anchor.nodes
        self._draft.aliased += anchor.nodes
        if self._draft.aliased > self._limits.aliased_nodes:
            message = f"the aliases of this document stand for more than {self._limits.aliased_nodes} values"
            raise _StopReading(_flaw(event.start_mark, "alias-bomb", message, "write the values out"))
        return anchor.value

    def _scalar(self, event: Any) -> Scalar:
        text: str = event.value
        if self._filler and self._filler in text:
            text = text.replace(self._filler, "")
        tag = event.tag
        if tag is None:
            return resolve(text) if event.implicit[0] else text
        if tag in _RESOLVED_TAGS:
            return resolve(text)
        if tag not in {"!", f"{_TAG}str"}:
            self._unknown_tag(event.start_mark)
        return text

    def _sequence(self, event: Any, depth: int) -> list[Json]:
        self._check_collection_tag(event)
        values: list[Json] = []
        marks: dict[str | int, tuple[yaml.Mark, yaml.Mark]] = {}
        item = self._next()
        while not isinstance(item, yaml.SequenceEndEvent):
            marks[len(values)] = (item.start_mark, item.start_mark)
            values.append(self._value(item, depth))
            item = self._next()
        self._draft.marks[id(values)] = marks
        return values

    def _mapping(self, event: Any, depth: int) -> dict[str, Json]:
        self._check_collection_tag(event)
        values: dict[str, Json] = {}
        marks: dict[str | int, tuple[yaml.Mark, yaml.Mark]] = {}
        merged: list[Json] = []
        key_event = self._next()
        while not isinstance(key_event, yaml.MappingEndEvent):
            key = self._key(key_event, depth)
            value_event = self._next()
            value = self._value(value_event, depth)
            if key == "<<" and _is_plain(key_event):
                merged.append(self._mergeable(value, value_event.start_mark))
            elif key is not None and key in marks:
                self._repeated(key, marks[key][0], key_event.start_mark)
            elif key is not None:
                marks[key] = (key_event.start_mark, value_event.start_mark)
                if value is not None:
                    values[key] = value
            key_event = self._next()
        for mappings in merged:
            self._merge(mappings, values, marks)
        self._draft.marks[id(values)] = marks
        return values

    def _key(self, event: Any, depth: int) -> str | None:
        value = self._value(event, depth)
        key = None if isinstance(value, dict | list) else canonical_key(value)
        if key is None:
            mark = event.start_mark
            if self._text[mark.index - 1 : mark.index + 1] == "{{":
                raise _StopReading(template_flaw(mark.line + 1, mark.column))
            hint = "quote the text if it begins with '{' or '['"
            self.flaws.append(_flaw(mark, "key-not-text", "a key must be text", hint))
        elif key not in {value, event.value}:
            message = f"the key {_shown(event.value)} is read as {_shown(key)}"
            flaw = _flaw(event.start_mark, "key-read-otherwise", message, "quote it")
            self.flaws.append(replace(flaw, severity=Severity.WARNING))
        return key

    def _mergeable(self, value: Json, mark: yaml.Mark) -> list[dict[str, Json]]:
        mappings = value if isinstance(value, list) else [value]
        if all(isinstance(each, dict) for each in mappings):
            return mappings
        self.flaws.append(_flaw(mark, "merge-not-mapping", "only mappings can be merged with '<<'"))
        return []

    def _merge(
        self,
        mappings: Iterable[dict[str, Json]],
        values: dict[str, Json],
        marks: dict[str | int, tuple[yaml.Mark, yaml.Mark]],
    ) -> None:
        """Keys written out win over merged ones, and earlier merged ones over later."""
        for mapping in mappings:
            for key, places in self._draft.marks[id(mapping)].items():
                if key not in marks and key in mapping:
                    marks[key] = places
                    values[str(key)] = mapping[str(key)]

    def _repeated(self, key: str, first: yaml.Mark, again: yaml.Mark) -> None:
        message = f"the key {_shown(key)} is given twice, first in line {first.line + 1}"
        self.flaws.append(_flaw(again, "duplicate-key", message, "keep one of the two"))

    def _check_collection_tag(self, event: Any) -> None:
        if event.tag not in _COLLECTION_TAGS:
            self._unknown_tag(event.start_mark)

    def _unknown_tag(self, mark: yaml.Mark) -> None:
        hint = "only YAML's own tags are known; quote the text if it begins with '!'"
        self.flaws.append(_flaw(mark, "unknown-tag", "the tag is unknown", hint))


def is_plain_key(key: str) -> bool:
    """Whether the key is of letters, digits and a few signs only, and can hardly be anything but a key."""
    return _PLAIN_KEY.fullmatch(key) is not None


def _shown(key: str) -> str:
    return f"`{key}`" if is_plain_key(key) else "here"


def _is_plain(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and bool(event.implicit[0])


def _flaw(mark: yaml.Mark, code: str, message: str, hint: str = "") -> Flaw:
    return Flaw(code, mark.line + 1, mark.column + 1, message, hint)
