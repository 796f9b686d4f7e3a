"""Values that follow from others which never change: made once, and not again at every pass.

A template that is made anew at every pass would be written out and hashed anew as well.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
V = TypeVar("V")
R = TypeVar("R", bound=Hashable)

_MOST = 4096


def kept(function: Callable[[A], V]) -> Callable[[A], V]:
    """The function, which gives the same value for the same frozen argument; the last few thousand are kept."""
    with_nothing = kept_with(_ignoring(function))

    @wraps(function)
    def kept_function(value: A) -> V:
        return with_nothing(value, None)

    return kept_function


def kept_with(function: Callable[[A, R], V]) -> Callable[[A, R], V]:
    """As `kept`, with a second argument that is compared by value and not by identity."""
    found: dict[tuple[int, R], tuple[A, V]] = {}

    @wraps(function)
    def kept_function(value: A, rest: R) -> V:
        key = (id(value), rest)
        known = found.get(key)
        if known is None:
            if len(found) >= _MOST:
                found.clear()
            # Holding the value keeps its id from being given to another one.
            known = found[key] = (value, function(value, rest))
        return known[1]

    return kept_function


def _ignoring(function: Callable[[A], V]) -> Callable[[A, None], V]:
    def with_nothing(value: A, _nothing: None) -> V:
        return function(value)

    return with_nothing
