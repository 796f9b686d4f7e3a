"""What has come and what has gone from one look to the next."""

from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityDiff(Generic[T]):
    """Goes by the very things: one that is only equal to what was there has come, and the other has gone.

    The things are kept until the next look, so that meanwhile no other one has the identity of one of them.
    """

    def __init__(self) -> None:
        self._last: Sequence[T] = ()
        self._there: dict[int, T] = {}

    def update(self, things: Sequence[T]) -> tuple[list[T], list[T]]:
        """Those that have come, and those that have gone, in no order at all: whoever keeps them sorts them."""
        if things is self._last:
            return [], []
        there = {id(each): each for each in things}
        came = [there[number] for number in there.keys() - self._there.keys()]
        gone = [self._there[number] for number in self._there.keys() - there.keys()]
        self._last, self._there = things, there
        return came, gone
