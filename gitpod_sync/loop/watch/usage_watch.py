"""Measures every 15 s what the containers use that autoscalers go by, in a thread of its own, and rings after that.

Without an autoscaler there is no thread. CPU is the difference of two counts: a container is counted as soon as it is
known, so that the next round has something to hold against.
"""

import time
from collections.abc import Callable, Collection, Mapping

from gitpod_sync.engines.node import ContainerUse, NodeReader
from gitpod_sync.loop.watch.rounds import Rounds
from gitpod_sync.model.workloads.autoscaling import Use

MEASURE_EVERY = 15.0
"""Seconds (Kubernetes: --horizontal-pod-autoscaler-sync-period)."""


class UsageWatch:
    """`measure` and `count` are called by its thread or, `by_hand`, by a test; all else by the thread that decides."""

    def __init__(
        self, reader: NodeReader, clock: Callable[[], float], ring: Callable[[], None], *, by_hand: bool = False
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._ring = ring
        self._by_hand = by_hand
        self._containers: frozenset[str] = frozenset()
        self._use: Mapping[str, Use] = {}
        self._counts: dict[str, tuple[ContainerUse, float]] = {}
        """The last count of each container, and the time at which we made it."""
        self._measure_at = 0.0
        self._rounds = Rounds("usage watch", self._look, self._pause)

    @property
    def use(self) -> Mapping[str, Use]:
        """Use of containers in the last round, by their ids."""
        return self._use

    def attend(self, containers: frozenset[str]) -> None:
        """Measure these from now on and no others. Costs nothing as long as they are the same."""
        if containers == self._containers:
            return
        new = containers - self._containers
        self._containers = containers
        if self._by_hand:
            self.count(new)
            return
        self._rounds.soon()
        self._rounds.start()

    def stop(self) -> None:
        """End it, and wait for a measurement under way, within reason."""
        self._rounds.stop()

    def measure(self) -> None:
        """Measure once. Raises `EngineError` when the engine cannot be asked; known figures then grow old."""
        before = self._counts
        self._counts = self._count(self._containers)
        found = {each: _between(before[each], now) for each, now in self._counts.items() if each in before}
        self._use = {each: use for each, use in found.items() if use is not None}
        self._ring()

    def count(self, containers: Collection[str]) -> None:
        """Count these for the first time. Raises `EngineError`."""
        self._counts.update(self._count(containers))

    def _count(self, containers: Collection[str]) -> dict[str, tuple[ContainerUse, float]]:
        found = self._reader.read_uses(sorted(containers)) if containers else {}
        at = self._clock()
        return {each: (use, at) for each, use in found.items()}

    def _look(self) -> None:
        # By a clock that nobody sets.
        now = time.monotonic()
        self._measure_at = self._measure_at or now + MEASURE_EVERY
        if now >= self._measure_at:
            self._measure_at = now + MEASURE_EVERY
            self.measure()
        else:
            self.count(self._containers - self._counts.keys())

    def _pause(self) -> float | None:
        """With nothing to measure, until there is something."""
        return max(0.0, self._measure_at - time.monotonic()) if self._containers else None


def _between(before: tuple[ContainerUse, float], now: tuple[ContainerUse, float]) -> Use | None:
    """The mean between two counts of one run; None when the container was started anew between them."""
    (earlier, since), (later, at) = before, now
    seconds = later.at - earlier.at
    if seconds <= 0 or later.cpu < earlier.cpu:
        return None
    return Use(round((later.cpu - earlier.cpu) / 1e6 / seconds), later.memory, since, at)
