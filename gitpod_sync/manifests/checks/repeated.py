"""Finding the second of two that must differ."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def repeated(values: Iterable[T]) -> Iterator[tuple[int, int, T]]:
    """The index of every value that was there before, the index of the first one like it, and the value."""
    first: dict[T, int] = {}
    for index, value in enumerate(values):
        if value in first:
            yield index, first[value], value
        else:
            first[value] = index
