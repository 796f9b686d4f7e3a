"""Patterns of paths, written as in .gitignore: which files of a source are read at all.

Letters' case does not matter. There is no `!`: what is kept out stands in the other list.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

from gitpod_sync.errors import ConfigError

_COMPLETE = re.compile(r"\\.|\[!?\]?[^\]/]+\]", re.DOTALL)
"""An escaped character, and a set of characters."""
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Choice:
    """The patterns of one configuration. `hidden` are those of `include` that name hidden files or folders."""

    include: re.Pattern[str]
    hidden: re.Pattern[str]
    exclude: re.Pattern[str]

    def takes(self, path: str) -> bool:
        """Whether one of `include` and none of `exclude` matches."""
        return self.include.search(path) is not None and self.exclude.search(path) is None

    def hides(self, path: str) -> bool:
        """Whether the file or a folder on its way is hidden, and no pattern of `include` names what is hidden."""
        return _is_hidden(path) and self.hidden.search(path) is None


@cache
def compile_patterns(include: tuple[str, ...], exclude: tuple[str, ...] = ()) -> Choice:
    """The patterns, ready to be matched. Raises `ConfigError` for a pattern that makes no sense or matches nothing."""
    return Choice(_any_of(include), _any_of([pattern for pattern in include if _is_hidden(pattern)]), _any_of(exclude))


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    if not patterns:
        return _NOTHING
    return re.compile("|".join(map(_expression, patterns)), re.IGNORECASE | re.DOTALL)


def _expression(pattern: str) -> str:
    """One pattern as a regular expression to search a path for."""
    body = re.sub("/+$", "/", pattern.strip())
    if not body.strip("/") or body.startswith("!"):
        raise ConfigError(f"the pattern {pattern!r} names no files", "write it like 'apps/**' or '*.yaml', without '!'")
    if ".." in body.split("/"):
        raise ConfigError(
            f"the pattern {pattern!r} leads out of the source", "begin at the source's path, without '..'"
        )
    if "[" in _COMPLETE.sub("", body):
        raise ConfigError(f"the pattern {pattern!r} has a '[' without a ']'", "close it, or write '\\['")
    try:
        # A line of .gitignore that begins with '#' is a comment; here there are none.
        expression, _ = GitIgnoreBasicPattern.pattern_to_regex(f"\\{body}" if body.startswith("#") else body)
        re.compile(str(expression))
    except GitIgnorePatternError as error:
        raise ConfigError(
            f"the pattern {pattern!r} ends in a backslash", "write two for a backslash that is meant"
        ) from error
    except re.error as error:
        raise ConfigError(f"the pattern {pattern!r} cannot be understood", "check what stands in '[ ]'") from error
    return str(expression)
