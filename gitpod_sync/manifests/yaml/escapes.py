r"""Escapes in double-quoted text that kubectl reads and libyaml refuses: `\'`, and JSON's surrogate pairs.

Only a file that holds such an escape is read more than once. What replaces an escape is as long as the escape, so
that every place in the file stays where it is; the padding is a character that the file does not use.
"""

import json
import re

import yaml

_REFUSED = re.compile(r"\\'|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPE = re.compile(rf"(?P<refused>{_REFUSED.pattern})|\\.|(?P<end>\")", re.DOTALL)
_PRIVATE_USE = range(0xE000, 0xF8FF)
_MOST_CHARACTERS = 20_000_000
"""So many are read to find the texts to be mended, each of which costs a pass over the file."""


def mend_escapes(text: str) -> tuple[str, str]:
    """The text as libyaml can read it, and the character to be taken out of its scalars ("" for none)."""
    if not _REFUSED.search(text):
        return text, ""
    filler = next((chr(code) for code in _PRIVATE_USE if chr(code) not in text), "")
    if not filler:
        return text, ""
    if _is_json(text):
        return _ESCAPE.sub(lambda match: _mended(match, filler), text), filler
    for _ in range(1 + _MOST_CHARACTERS // len(text)):
        start = _start_of_refused_scalar(text)
        if start is None:
            break
        mended = _mend_scalar(text, start, filler)
        if mended == text:
            break
        text = mended
    return text, filler


def _start_of_refused_scalar(text: str) -> int | None:
    loader = yaml.CSafeLoader(text) if yaml.__with_libyaml__ else yaml.SafeLoader(text)
    try:
        while loader.get_event() is not None:
            pass
    except yaml.MarkedYAMLError as error:
        start = error.context_mark.index if error.context_mark else len(text)
        return start if text[start : start + 1] == '"' else None
    except yaml.YAMLError:
        return None
    return None


def _mend_scalar(text: str, start: int, filler: str) -> str:
    """Mend all refused escapes of the scalar whose opening quote is at `start`."""
    parts = [text[: start + 1]]
    done = start + 1
    for match in _ESCAPE.finditer(text, done):
        if match["end"]:
            break
        if match["refused"]:
            parts += [text[done : match.start()], _mended(match, filler)]
            done = match.end()
    return "".join([*parts, text[done:]])


def _is_json(text: str) -> bool:
    """In JSON a backslash stands only inside quotes, so that all escapes can be mended at once."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _mended(match: re.Match[str], filler: str) -> str:
    escape = match[0]
    return _meant(escape).ljust(len(escape), filler) if match["refused"] else escape


def _meant(escape: str) -> str:
    if escape == "\\'":
        return "'"
    high, low = (int(half, 16) for half in escape[2:].split("\\u"))
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
