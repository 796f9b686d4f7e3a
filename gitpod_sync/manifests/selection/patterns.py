"""Patterns of paths, written as in .gitignore: which files of a source are read at all.

`*` and `?` stay within a name, `**` crosses folders, `[a-z]` is one character of a set. A pattern with a slash in front
or inside begins at the source's sub-path, any other matches at every depth. What matches a folder matches all that is
in it. Letters' case does not matter. There is no `!`: what is kept out stands in the other list.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gitpod_sync.errors import ConfigError

_TOKEN = re.compile(r"(?P<stars>\*+)|\[(?P<negated>!?)(?P<set>\]?[^\]]+)\]|\\(?P<escaped>.)|[^\\]", re.DOTALL)
_ANY_FOLDERS = "(?:.*/)?"
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Choice:
    """The patterns of one configuration. `hidden` are those of `include` that name hidden files or folders."""

    include: re.Pattern[str]
    hidden: re.Pattern[str]
    exclude: re.Pattern[str]

    def takes(self, path: str) -> bool:
        """Whether one of `include` and none of `exclude` matches."""
        return self.include.match(path) is not None and self.exclude.match(path) is None

    def hides(self, path: str) -> bool:
        """Whether the file or a folder on its way is hidden, and no pattern of `include` names what is hidden."""
        return _is_hidden(path) and self.hidden.match(path) is None


@cache
def compile_patterns(include: tuple[str, ...], exclude: tuple[str, ...] = ()) -> Choice:
    """The patterns, ready to be matched. Raises `ConfigError` for one that cannot be understood or matches nothing."""
    return Choice(_any_of(include), _any_of([pattern for pattern in include if _is_hidden(pattern)]), _any_of(exclude))


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    if not patterns:
        return _NOTHING
    return re.compile("|".join(_expression(pattern) for pattern in patterns), re.IGNORECASE | re.DOTALL)


def _expression(pattern: str) -> str:
    """One pattern as a regular expression that is matched from the start of a path."""
    body = pattern.strip().rstrip("/")
    if not body or body.startswith("!"):
        raise ConfigError(f"the pattern {pattern!r} names no files", "write it like 'apps/**' or '*.yaml', without '!'")
    segments = body.removeprefix("/").split("/")
    if ".." in segments:
        raise ConfigError(
            f"the pattern {pattern!r} leads out of the source", "begin at the source's path, without '..'"
        )
    *folders, name = segments
    parts = ["" if "/" in body else _ANY_FOLDERS]
    parts += [_ANY_FOLDERS if folder == "**" else f"{_in_segment(pattern, folder)}/" for folder in folders]
    parts.append(".+" if name == "**" else _in_segment(pattern, name))
    parts.append("/" if pattern.rstrip().endswith("/") else "$" if name == "*" else "(?:/|$)")
    expression = "".join(parts)
    try:
        re.compile(expression)
    except re.error as error:
        raise ConfigError(f"the pattern {pattern!r} cannot be understood", "check what stands in '[ ]'") from error
    return expression


def _in_segment(pattern: str, segment: str) -> str:
    parts, end = [], 0
    for token in _TOKEN.finditer(segment):
        end = token.end()
        if token["stars"]:
            parts.append("[^/]*")
        elif token[0] == "?":
            parts.append("[^/]")
        elif token[0] == "[":
            raise ConfigError(f"the pattern {pattern!r} has a '[' without a ']'", "close it, or write '\\['")
        elif token["set"]:
            inner = token["set"].replace("\\", r"\\").replace("[", r"\[")
            parts.append(f"[{'^' if token['negated'] else ''}{inner}]")
        else:
            parts.append(re.escape(token["escaped"] or token[0]))
    if end < len(segment):
        raise ConfigError(f"the pattern {pattern!r} ends in a backslash", "write two for a backslash that is meant")
    return "".join(parts)
