"""Chance that follows from a seed."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Draws in a row; the same seed gives the same row, on every machine."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"story {seed}")

    def between(self, least: int, most: int) -> int:
        """A number, both ends included."""
        return self._random.randint(least, most)

    def chance(self, of_a_hundred: int) -> bool:
        """True in so many of a hundred cases."""
        return self._random.randrange(100) < of_a_hundred

    def one_of(self, choices: Sequence[T]) -> T:
        """One of them, each as likely as it is often in there."""
        return self._random.choice(choices)
