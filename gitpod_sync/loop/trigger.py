"""The one thing that starts a pass. Everything else only says "look again"."""

import threading
import time
from collections.abc import Callable


class Wake:
    """A bell that several threads ring and one waits for; rings in between are one ring.

    How long to wait is reckoned once, and then by a clock that nobody sets: `steady` gives its seconds.
    """

    def __init__(self, clock: Callable[[], float], steady: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steady = steady
        self._condition = threading.Condition()
        self._rung = False

    def ring(self) -> None:
        """Ask for a pass as soon as can be."""
        with self._condition:
            self._rung = True
            self._condition.notify_all()

    def wait(self, until: float, alive: Callable[[], None] = lambda: None, every: float | None = None) -> None:
        """Return when it rings, or at the latest at `until` (seconds since the epoch).

        Meanwhile `alive` is called at least once in so many seconds, if there are any.
        """
        end = self._steady() + until - self._clock()
        while True:
            left = end - self._steady()
            if self._rings_within(left if every is None else min(left, every)) or self._steady() >= end:
                return
            alive()

    def _rings_within(self, seconds: float) -> bool:
        with self._condition:
            if not self._rung and seconds > 0:
                self._condition.wait(seconds)
            rung, self._rung = self._rung, False
            return rung
