"""Sets of a Job's indexes as text, ``0,2-4`` (Kubernetes: JobStatus, completedIndexes)."""

from collections.abc import Iterable
from functools import lru_cache


@lru_cache(maxsize=1024)
def parse_indexes(text: str) -> frozenset[int]:
    """The indexes that a text names; raises `ValueError` for what is none."""
    found: set[int] = set()
    for interval in text.split(",") if text else ():
        first, _, last = interval.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def render_indexes(indexes: Iterable[int]) -> str:
    """The shortest text: {0, 2, 3, 4, 6, 7} gives ``0,2-4,6,7``, as Kubernetes writes two neighbours."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and runs[-1][-1] == index - 1:
            runs[-1][1:] = [index]
        else:
            runs.append([index])
    return ",".join(_interval(run) for run in runs)


def _interval(run: list[int]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"
