"""What may be a credential is taken out of every URL before it is shown. Every error of ours goes through here."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,40})://(?P<rest>[^\s'\"`<>]*)")
"""A scheme is short: one of any length would be looked for anew at each character of a long word."""

_MASK = "***"


def redact(text: str) -> str:
    """The text without users, passwords and queries in its URLs: a user can be a token, and so can any parameter.

    The user of ssh, which says who one is and never proves it, stays.
    """
    return _URL.sub(_without_credentials, text) if "://" in text else text


def redact_line(line: str, index: int) -> tuple[str, int]:
    """The same for a line of which a place is pointed at, and where that place is in the result.

    A place within something that is taken out moves to where that stood.
    """
    if "://" not in line:
        return line, index
    shown, urls = _redacted(line)
    found = bisect_right(urls, index, key=lambda url: url.start) - 1
    if found < 0:
        return shown, index
    url = urls[found]
    if index >= url.end:
        return shown, url.shown_end + index - url.end
    return shown, url.shown_start + min(index - url.start, url.alike)


@dataclass(frozen=True, slots=True)
class _Url:
    """Where it is in a line, and in what is shown of that; `alike` characters at its beginning are shown."""

    start: int
    end: int
    shown_start: int
    shown_end: int
    alike: int


@lru_cache(maxsize=4)
def _redacted(line: str) -> tuple[str, tuple[_Url, ...]]:
    """What is shown of it. A line may be a whole file, with findings at a thousand places."""
    parts: list[str] = []
    urls: list[_Url] = []
    end = length = 0
    for url in _URL.finditer(line):
        shown = _without_credentials(url)
        parts += [line[end : url.start()], shown]
        begin = length + url.start() - end
        length, end = begin + len(shown), url.end()
        urls.append(_Url(url.start(), end, begin, length, _alike(url[0], shown)))
    return "".join((*parts, line[end:])), tuple(urls)


def _alike(first: str, second: str) -> int:
    """With how many of the same characters they begin."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(first), len(second)))


def _without_credentials(url: re.Match[str]) -> str:
    authority, slash, path = url["rest"].partition("/")
    user, at, host = authority.rpartition("@")
    shown = f"{user.partition(':')[0]}{at}" if url["scheme"].lower() == "ssh" else ""
    place, asks, _query = f"{host}{slash}{path}".partition("?")
    return f"{url['scheme']}://{shown}{place}{asks}{_MASK if asks else ''}"
