"""Bytes of a file to text that a YAML reader can take, or the flaw that forbids it."""

import re
from dataclasses import dataclass

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.yaml.frames import LINE_BREAK
from gitpod_sync.manifests.yaml.limits import Limits

_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""YAML 1.1, production c-printable."""
_PRINTABLE_ASCII = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_BYTE_ORDER_MARKS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
"""The longer ones first: UTF-32's begins as UTF-16's does."""
_UTF_16_WITHOUT_MARK = re.compile(rb"\0[\x20-\x7e]|[\x20-\x7e]\0")
"""YAML begins with an ASCII character, of which UTF-16 leaves one byte zero (YAML 1.1, "Character Encoding")."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a file as YAML."""

    code: str
    """As in `Diagnostic`."""
    line: int
    """From 1; 0: the file as a whole."""
    column: int
    """From 1; 0: the file as a whole."""
    message: str
    """What is wrong, in a line."""
    hint: str = ""
    """What to do; "" when the message says it."""
    severity: Severity = Severity.ERROR
    """As in `Diagnostic`."""


def read_text(content: bytes, limits: Limits) -> str | Flaw:
    """The text without its byte order mark and with a last newline, as kubectl's reader hands it on.

    The newline matters: a `|` block at the end of a file has one in its value even when the file has none.
    """
    if len(content) > limits.file_bytes:
        message = f"the file has {len(content)} bytes, more than the limit of {limits.file_bytes}"
        return Flaw("file-too-large", 0, 0, message, "split it into several files")
    encoding = _other_encoding(content)
    if encoding:
        return Flaw("not-utf-8", 0, 0, f"the file is {encoding}, not UTF-8", "save it as UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        byte = content[error.start]
        return _flaw_after(before, "not-utf-8", f"the byte 0x{byte:02x} here is not UTF-8", "save the file as UTF-8")
    text = text.removeprefix("\ufeff")
    is_plain = content.isascii() and not content.translate(None, _PRINTABLE_ASCII)
    forbidden = None if is_plain else _NOT_IN_YAML.search(text)
    if forbidden:
        message = f"the control character U+{ord(forbidden[0]):04X} is not allowed"
        hint = "take it out; in a double-quoted text it can be written as an escape"
        return _flaw_after(text[: forbidden.start()], "control-character", message, hint)
    return text if text.endswith("\n") else text + "\n"


def _other_encoding(content: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return encoding
    return "UTF-16" if _UTF_16_WITHOUT_MARK.match(content) else None


def _flaw_after(before: str, code: str, message: str, hint: str) -> Flaw:
    lines = LINE_BREAK.split(before)
    return Flaw(code, len(lines), len(lines[-1]) + 1, message, hint)
