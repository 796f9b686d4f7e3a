"""Results computed from things that have not changed since. They make nothing true or false, only quick.

Nearly everything that a pass sees was seen by the pass before, and an observer that reads only changed things hands in
the very same objects. A result that follows from such objects alone is kept by their identity for as long as every pass
asks for it, so that a pass pays for what is new. A result that follows from all of them together is kept and brought up
to date.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

Things = tuple[object, ...]


class Memo:
    """Owned by the thread that decides. Who keeps none passes a new one, and everything is computed."""

    def __init__(self) -> None:
        self._ground: Things = ()
        self._before: dict[tuple[str, tuple[int, ...]], tuple[Things, object]] = {}
        self._now: dict[tuple[str, tuple[int, ...]], tuple[Things, object]] = {}
        self._kept: dict[str, object] = {}

    def begin(self, *ground: object) -> None:
        """A new pass. When what everything is computed from (compared by value) is another, all is forgotten."""
        same = ground == self._ground
        self._before = self._now if same else {}
        self._now = {}
        self._kept = self._kept if same else {}
        self._ground = ground

    def forget(self) -> None:
        """Forget everything: a kept result may be half up to date, so all of it is computed again."""
        self._before, self._now, self._kept = {}, {}, {}

    def recall(self, what: "What[T]", things: Things, compute: Callable[[], T]) -> T:
        """The result kept for these very things, or that of `compute`, which goes by them and the ground alone."""
        key = (what.name, tuple(map(id, things)))
        # The things are kept with it: as long as they are, no other thing has their id.
        found = self._now.get(key) or self._before.get(key) or (things, compute())
        self._now[key] = found
        value: T = found[1]  # type: ignore[assignment] # what was stored under a `What[T]` is a T
        return value

    def keep(self, what: "What[T]", make: Callable[[], T]) -> T:
        """The result of `make` when it was first asked for on this ground. The caller brings it up to date."""
        if what.name not in self._kept:
            self._kept[what.name] = make()
        kept: T = self._kept[what.name]  # type: ignore[assignment] # as above
        return kept


class What(Generic[T]):
    """The name of something that is computed, with its type."""

    def __init__(self, name: str) -> None:
        self.name = name
