"""The one thing that starts a pass. Everything else only says "look again"."""

import threading
from collections.abc import Callable


class Wake:
    """A bell that several threads ring and one waits for; rings in between are one ring."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._rung = False

    def ring(self) -> None:
        """Ask for a pass as soon as can be."""
        with self._condition:
            self._rung = True
            self._condition.notify_all()

    def wait(self, until: float) -> None:
        """Return when it rings, or at the latest at `until` (seconds since the epoch)."""
        with self._condition:
            while not self._rung and (left := until - self._clock()) > 0:
                self._condition.wait(left)
            self._rung = False
