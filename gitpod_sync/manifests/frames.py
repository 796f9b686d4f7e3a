"""The offending line and a caret under it.

A frame shows text of the repository, so it must not show a Secret's values. Where a document speaks of a Secret, only
lines of its head that hold one plain `key: value` are shown; of every other line nothing is.
"""

import re
from collections.abc import Iterator

MASK = "********"
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Line breaks as YAML counts them."""
_DOCUMENT_START = re.compile(r"---(\s|$)")
_SPEAKS_OF_SECRET = re.compile(r"kind.{0,40}secret|stringData", re.IGNORECASE | re.DOTALL)
_HEAD_FIELD = re.compile(r"(items\[\d+\]\.)?(apiVersion|kind|metadata|type|immutable)\b")
_ONE_PLAIN_ENTRY = re.compile(r"\s*(- )?[\w./-]+:(\s+[\w./:-]+)?\s*", re.ASCII)
_WIDTH = 100
_LEAD = 60


def render_frame(content: bytes, line: int, column: int, field: str) -> Iterator[str]:
    """Two lines of text for a place that counts from 1; nothing when the content has no such line."""
    lines = _LINE_BREAK.split(content.decode("utf-8", "replace").removeprefix("\ufeff"))
    if line > len(lines):
        return
    text, caret = _visible(lines[line - 1], column)
    if _speaks_of_secret(lines, line) and not (_HEAD_FIELD.match(field) and _ONE_PLAIN_ENTRY.fullmatch(text)):
        text, caret = MASK, 1
    gutter = f"{line:>5} | "
    yield gutter + text
    yield " " * (len(gutter) - 2) + "| " + " " * (caret - 1) + "^"


def _visible(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around the column, without control characters, and the column in that part."""
    start = max(0, column - _LEAD) if len(text) > _WIDTH else 0
    shown = "".join(character if character.isprintable() else " " for character in text[start : start + _WIDTH])
    return shown, max(1, column - start)


def _speaks_of_secret(lines: list[str], line: int) -> bool:
    first = line - 1
    while first > 0 and not _DOCUMENT_START.match(lines[first]):
        first -= 1
    last = line
    while last < len(lines) and not _DOCUMENT_START.match(lines[last]):
        last += 1
    return _SPEAKS_OF_SECRET.search("\n".join(lines[first:last])) is not None
