"""Bytes of a file to text that a YAML reader can take, or the flaw that forbids it."""

import re
from dataclasses import dataclass

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.limits import Limits

_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""YAML 1.1, production c-printable."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a file as YAML. `line` and `column` count from 1; 0 means the file as a whole."""

    code: str
    line: int
    column: int
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


def read_text(content: bytes, limits: Limits) -> str | Flaw:
    """The text without its byte order mark and with a last newline, as kubectl's reader hands it on.

    The newline matters: a `|` block at the end of a file has one in its value even when the file has none.
    """
    if len(content) > limits.file_bytes:
        message = f"the file has {len(content)} bytes, more than the limit of {limits.file_bytes}"
        return Flaw("file-too-large", 0, 0, message, "split it into several files")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        byte = content[error.start]
        return _flaw_after(before, "not-utf-8", f"the byte 0x{byte:02x} here is not UTF-8", "save the file as UTF-8")
    text = text.removeprefix("\ufeff")
    forbidden = _NOT_IN_YAML.search(text)
    if forbidden:
        message = f"the control character U+{ord(forbidden[0]):04X} is not allowed"
        hint = "take it out; in a double-quoted text it can be written as an escape"
        return _flaw_after(text[: forbidden.start()], "control-character", message, hint)
    return text if text.endswith("\n") else text + "\n"


def _flaw_after(before: str, code: str, message: str, hint: str) -> Flaw:
    lines = before.splitlines() or [""]
    if before.endswith("\n"):
        lines.append("")
    return Flaw(code, len(lines), len(lines[-1]) + 1, message, hint)
