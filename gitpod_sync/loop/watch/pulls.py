"""Progress of pulls, for the plan, for the log, and for readers of the history beside us.

An engine reports a pull many times a second. A pass takes the last report, the history one every two seconds.
"""

import logging
from collections.abc import Iterable, Mapping

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.plan.images.images import is_pull
from gitpod_sync.status.history import History

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
LOG_EVERY = 10.0


class Pulls:
    """Owned by the deciding thread. Times are seconds since the epoch."""

    def __init__(self, engine: Engine, history: History) -> None:
        self._engine = engine
        self._history = history
        self._written: frozenset[str] = frozenset()
        self._write_at = 0.0
        self._log_at: dict[str, float] = {}

    def look(self, now: float) -> Mapping[str, PullProgress]:
        """The pulls under way, by reference."""
        found = self._engine.pulls()
        if found or self._written:
            self._write(found, now)
            self._log(found, now)
        return found

    def next_look(self, under_way: Iterable[str], now: float) -> float | None:
        """When to look again while these chains are carried out; None when no pull is among them."""
        return now + LOOK_EVERY if any(map(is_pull, under_way)) else None

    def _write(self, found: Mapping[str, PullProgress], now: float) -> None:
        over = self._written - found.keys()
        if over:
            self._history.forget_pulls(over)
        if found and now >= self._write_at:
            self._history.record_pulls(found, now)
            self._write_at = now + LOOK_EVERY
            self._written = frozenset(found)
        else:
            self._written -= over

    def _log(self, found: Mapping[str, PullProgress], now: float) -> None:
        self._log_at = {reference: self._log_at.get(reference, now + LOG_EVERY) for reference in found}
        for reference, progress in sorted(found.items()):
            if now >= self._log_at[reference]:
                log.info("image %s: pulling, %s", reference, progress)
                self._log_at[reference] = now + LOG_EVERY
