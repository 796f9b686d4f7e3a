"""The offending line and a caret under it.

A frame shows text of the repository, so it must not show a Secret's values, nor credentials in a URL. Of a document
that may hold a Secret, only `apiVersion` and `kind` are shown, and the plain `key: value` of the object's head that a
diagnostic is about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gitpod_sync.manifests.yaml.confidential import confidential_lines
from gitpod_sync.redaction import redact_line

MASK = "********"
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Line breaks as YAML counts them."""
_HEAD_FIELD = re.compile(r"(items\[\d+\]\.)*(metadata\.)?(?P<key>apiVersion|kind|name|namespace|type)")
_ONE_PLAIN_ENTRY = re.compile(r"\s*(?:- )?(?P<key>[\w./-]+):(\s+[\w./:-]+)?\s*", re.ASCII)
_TYPE_LINE = re.compile(r"(apiVersion: [a-z0-9./]{1,63}|kind: [A-Za-z]{1,63})\s*")
_WIDTH = 100
_LEAD = 60


@dataclass(frozen=True, slots=True)
class Lines:
    """A file cut into lines; `confidential` says of each whether its document may hold a Secret."""

    texts: tuple[str, ...]
    confidential: tuple[bool, ...]


def cut_lines(content: bytes) -> Lines:
    """Cut a file as a YAML reader does. Bytes that are no UTF-8 become replacement characters."""
    texts = tuple(LINE_BREAK.split(content.decode("utf-8", "replace").removeprefix("\ufeff")))
    return Lines(texts, confidential_lines(texts))


def render_frame(lines: Lines, line: int, column: int, field: str) -> Iterator[str]:
    """Two lines of text for a place that counts from 1; nothing when there is no such line."""
    if line > len(lines.texts):
        return
    whole = lines.texts[line - 1]
    hidden = lines.confidential[line - 1] and not _is_about_its_head(whole, field)
    text, caret = (MASK, 1) if hidden else _visible(whole, column)
    gutter = f"{line:>5} | "
    yield gutter + text
    yield " " * (len(gutter) - 2) + "| " + " " * (caret - 1) + "^"


def _visible(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around the column, without credentials or control characters; the column in that part."""
    text, index = redact_line(text, column - 1)
    column = index + 1
    start = max(0, column - _LEAD) if len(text) > _WIDTH else 0
    shown = "".join(character if character.isprintable() else " " for character in text[start : start + _WIDTH])
    return shown, max(1, column - start)


def _is_about_its_head(text: str, field: str) -> bool:
    if _TYPE_LINE.fullmatch(text):
        return True
    entry, head = _ONE_PLAIN_ENTRY.fullmatch(text), _HEAD_FIELD.fullmatch(field)
    return entry is not None and head is not None and entry["key"] == head["key"]
