"""Measures every 15 s what the containers use that autoscalers go by, in a thread of its own, and rings after that.

Without an autoscaler there is no thread. CPU is the difference of two counts: a container is counted as soon as it is
known, so that the next round has something to hold against.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping

from gitpod_sync.engines.node import ContainerUse, NodeReader
from gitpod_sync.errors import EngineError
from gitpod_sync.model.workloads.autoscaling import Use

log = logging.getLogger(__name__)

MEASURE_EVERY = 15.0
"""Seconds (Kubernetes: --horizontal-pod-autoscaler-sync-period)."""


class UseWatch:
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
        self._stopped = threading.Event()
        self._soon = threading.Event()
        self._thread: threading.Thread | None = None

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
        self._soon.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True, name="use watch")
            self._thread.start()

    def stop(self) -> None:
        """End it, and wait for a measurement under way, within reason."""
        self._stopped.set()
        self._soon.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

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

    def _watch(self) -> None:
        measure_at = time.monotonic() + MEASURE_EVERY
        while not self._stopped.is_set():
            try:
                if time.monotonic() >= measure_at:
                    measure_at = time.monotonic() + MEASURE_EVERY
                    self.measure()
                else:
                    self.count(self._containers - self._counts.keys())
            except EngineError as error:
                log.debug("what containers use could not be measured: %s", error)
            except Exception:
                # A defect of ours, which must not cost the autoscalers their measurements for good.
                log.exception("a measurement failed unexpectedly")
            # By a clock that nobody sets; with nothing to measure until there is something.
            self._soon.wait(max(0.0, measure_at - time.monotonic()) if self._containers else None)
            self._soon.clear()


def _between(before: tuple[ContainerUse, float], now: tuple[ContainerUse, float]) -> Use | None:
    """The mean between two counts of one run; None when the container was started anew between them."""
    (earlier, since), (later, at) = before, now
    seconds = later.at - earlier.at
    if seconds <= 0 or later.cpu < earlier.cpu:
        return None
    return Use(round((later.cpu - earlier.cpu) / 1e6 / seconds), later.memory, since, at)
