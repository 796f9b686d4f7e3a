"""Sets of a Job's indexes as text, ``0,2-4`` (Kubernetes: JobStatus, completedIndexes)."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from functools import lru_cache


@lru_cache(maxsize=1024)
def parse_indexes(text: str) -> frozenset[int]:
    """The indexes that a text names; raises `ValueError` for what is none."""
    return frozenset(index for interval in _parse_intervals(text) for index in interval)


def count_indexes(text: str) -> int:
    """The number of indexes in a valid text; it may be more than there is memory for."""
    return sum(map(len, _parse_intervals(text)))


def count_common(text: str, indexes: Collection[int]) -> int:
    """How many of these indexes a text names that is in order."""
    intervals = _parse_intervals(text)
    starts = [interval.start for interval in intervals]
    return sum(index in intervals[bisect_right(starts, index) - 1] for index in indexes) if starts else 0


@lru_cache(maxsize=1024)
def _parse_intervals(text: str) -> tuple[range, ...]:
    bounds = (interval.partition("-") for interval in (text.split(",") if text else ()))
    return tuple(range(int(first), int(last or first) + 1) for first, _, last in bounds)


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
