"""A thread that rings when a person has given or withdrawn an intervention.

Another process writes it, and no call of ours is made.
"""

from collections.abc import Callable

from gitpod_sync.loop.watch.rounds import Rounds
from gitpod_sync.status.history import History

LOOK_EVERY = 0.25
"""Seconds between looks. One is a question to SQLite of some ten microseconds, answered from shared memory."""


class InterventionWatch:
    """Looks until it is stopped. What this process writes does not ring, nor do others by what is no intervention."""

    def __init__(self, history: History, ring: Callable[[], None]) -> None:
        self._history = history
        self._ring = ring
        # From now on: what is given before the thread looks for the first time is not to be missed.
        self._written, self._interventions = history.others_writes(), history.interventions()
        self._rounds = Rounds("intervention watch", self._look, lambda: LOOK_EVERY)

    def start(self) -> None:
        """Begin to look."""
        self._rounds.start()

    def stop(self) -> None:
        """End it and wait for the thread."""
        self._rounds.stop()

    def _look(self) -> None:
        written = self._history.others_writes()
        if written == self._written:
            return
        before, self._written, self._interventions = self._interventions, written, self._history.interventions()
        if self._interventions != before:
            self._ring()
