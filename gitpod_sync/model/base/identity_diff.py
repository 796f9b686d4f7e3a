"""Arrivals and departures from one look to the next."""

from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityDiff(Generic[T]):
    """Compares things by identity: a new object that equals an old one has come, and the old one has gone.

    The things are kept until the next look, so that meanwhile no other object has the identity of one of them.
    """

    def __init__(self) -> None:
        self._last: Sequence[T] = ()
        self._there: dict[int, T] = {}

    def update(self, things: Sequence[T]) -> tuple[list[T], list[T]]:
        """Things that have come and things that have gone, in no order: a caller that wants one sorts them."""
        if things is self._last:
            return [], []
        there = {id(each): each for each in things}
        came = [there[number] for number in there.keys() - self._there.keys()]
        gone = [self._there[number] for number in self._there.keys() - there.keys()]
        self._last, self._there = things, there
        return came, gone
