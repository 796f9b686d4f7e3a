"""The offending line and a caret under it.

A frame shows text of the repository, so it must not show a Secret's values. Where a document speaks of a Secret, only
the plain `key: value` that a diagnostic about the object's head is about is shown; every other line is masked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby

MASK = "********"
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Line breaks as YAML counts them."""
_DOCUMENT_START = re.compile(r"---(\s|$)")
_SPEAKS_OF_SECRET = re.compile(r"kind\W{1,20}(!!str\W{1,20})?\w{0,20}secret|stringData", re.IGNORECASE)
_HEAD_FIELD = re.compile(r"(items\[\d+\]\.)*(metadata\.)?(?P<key>apiVersion|kind|name|namespace|type)")
_ONE_PLAIN_ENTRY = re.compile(r"\s*(?:- )?(?P<key>[\w./-]+):(\s+[\w./:-]+)?\s*", re.ASCII)
_WIDTH = 100
_LEAD = 60


@dataclass(frozen=True, slots=True)
class Lines:
    """A file cut into lines; `confidential` says of each whether its document speaks of a Secret."""

    texts: tuple[str, ...]
    confidential: tuple[bool, ...]


def cut_lines(content: bytes) -> Lines:
    """Cut a file as a YAML reader does. Bytes that are no UTF-8 become replacement characters."""
    texts = tuple(_LINE_BREAK.split(content.decode("utf-8", "replace").removeprefix("\ufeff")))
    document_of = accumulate(1 if _DOCUMENT_START.match(text) else 0 for text in texts)
    confidential: list[bool] = []
    for _, group in groupby(zip(document_of, texts, strict=True), key=lambda pair: pair[0]):
        document = [text for _, text in group]
        speaks = _SPEAKS_OF_SECRET.search("\n".join(document)) is not None
        confidential += [speaks] * len(document)
    return Lines(texts, tuple(confidential))


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
    """The part of a long line around the column, without control characters, and the column in that part."""
    start = max(0, column - _LEAD) if len(text) > _WIDTH else 0
    shown = "".join(character if character.isprintable() else " " for character in text[start : start + _WIDTH])
    return shown, max(1, column - start)


def _is_about_its_head(text: str, field: str) -> bool:
    entry, head = _ONE_PLAIN_ENTRY.fullmatch(text), _HEAD_FIELD.fullmatch(field)
    return entry is not None and head is not None and entry["key"] == head["key"]
