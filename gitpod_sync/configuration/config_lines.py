"""On which line of a configuration file each key stands: what TOML's reader does not tell. Pure.

Every statement of TOML begins a line and can be read by itself: a line is put to the lines before it until they are
one.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]
"""Where a key stands: names of tables and keys, and numbers of the tables of a list, from 0 on."""


def key_lines(text: str) -> Mapping[Path, int]:
    """The lines of the keys and the heads of tables, counted from 1; nothing of what cannot be read."""
    lines: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, statement, written in _statements(text.splitlines()):
        if statement.lstrip().startswith("["):
            table = _resolve(next(_leaves(written, heads=True)), counts, begins="[[" in statement)
            lines.setdefault(table, number)
        else:
            for path in _leaves(written, heads=False):
                lines[(*table, *path)] = number
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a key, or the first of those in it; None where it is not there."""
    return min((line for found, line in lines.items() if found[: len(path)] == path), default=None)


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    """The number of its first line, its text, and what it says by itself."""
    begun: list[str] = []
    for number, line in enumerate(lines, 1):
        begun.append(line)
        text = "\n".join(begun)
        try:
            written = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        if written:
            yield number - len(begun) + 1, text, written
        begun = []


def _leaves(written: Mapping[str, Any], *, heads: bool) -> Iterator[Path]:
    """The path of a statement's key, or of a table's head: it has one way down until its value."""
    for name, value in written.items():
        if isinstance(value, dict) and value:
            yield from ((name, *rest) for rest in _leaves(value, heads=heads))
        elif heads and isinstance(value, list):
            yield from ((name, *rest) for rest in _leaves(value[0], heads=heads)) if value[0] else [(name,)]
        else:
            yield (name,)


def _resolve(path: Path, counts: dict[Path, int], *, begins: bool) -> Path:
    """The table that a head means: the last of a list, or a new one if the head `begins` it."""
    found: Path = ()
    for name in path:
        found = (*found, name)
        if begins and len(found) >= len(path):
            counts[found] = counts.get(found, -1) + 1
        if found in counts:
            found = (*found, counts[found])
    return found
