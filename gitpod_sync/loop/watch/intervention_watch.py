"""A thread that rings when a person has given or withdrawn an intervention.

Another process writes it, and no call of ours is made.
"""

import threading
from collections.abc import Callable

from gitpod_sync.status.history import History

LOOK_EVERY = 0.25
"""Seconds between looks. One is a question to SQLite of some ten microseconds, answered from shared memory."""


class OrderWatch:
    """Looks until it is stopped. What this process writes does not ring, nor does what others write beside orders."""

    def __init__(self, history: History, ring: Callable[[], None]) -> None:
        self._history = history
        self._ring = ring
        self._stopped = threading.Event()
        # From now on: what is given before the thread looks for the first time is not to be missed.
        self._written, self._orders = history.others_writes(), history.interventions()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="standing orders")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End it and wait for the thread."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY):
            written = self._history.others_writes()
            if written == self._written:
                continue
            before, self._written, self._orders = self._orders, written, self._history.interventions()
            if self._orders != before:
                self._ring()
