"""Where a pass is, for those who wait for it: people, and the service manager, which takes a silent daemon for dead."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

log = logging.getLogger(__name__)

LONG = 10.0
"""Seconds after which a pass is talked about; on an engine that answers it takes milliseconds."""

LOOK_EVERY = 5.0


class Stage(StrEnum):
    """The present work of the deciding thread."""

    COLLECTING = "taking in what was done"
    OBSERVING = "reading the engine"
    DECIDING = "deciding"
    RECORDING = "writing down what was decided"
    DISPATCHING = "handing out what is to be done"


class Stages:
    """Told by the deciding thread; `alive` is called whenever it has got a step further, between two calls as well.

    A thread of its own says what a pass is at that takes long; it is only there between `start` and `stop`.
    """

    def __init__(self, alive: Callable[[], None] = lambda: None, steady: Callable[[], float] = time.monotonic) -> None:
        self.alive = alive
        self.took = 0.0
        """Seconds of the last pass."""
        self._steady = steady
        self._spent: dict[Stage, float] = {}
        self._at: tuple[Stage, float] | None = None
        self._began: float | None = None
        self._told = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True, name="stages of passes")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch a pass from its begin to its end; a long one is logged with its slowest stage.

        A failed pass is reported elsewhere.
        """
        self._spent, self._at, self._began = {}, None, self._steady()
        try:
            yield
            self._end(self._began)
        finally:
            self.took, self._began = self._steady() - self._began, None
            self.alive()

    def enter(self, stage: Stage) -> None:
        """The pass goes on to this."""
        self._leave()
        self._at = (stage, self._steady())
        self.alive()

    def start(self) -> None:
        """Have passes that take long talked about while they do."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def look(self) -> None:
        """Say what a pass is at that takes long; once, until one has not taken long."""
        began, at = self._began, self._at
        if not self._told and began is not None and at is not None and self._steady() - began >= LONG:
            self._told = True
            log.warning("a pass has taken %.0f s so far: %s", self._steady() - began, at[0])

    def _end(self, began: float) -> None:
        self._leave()
        seconds = self._steady() - began
        if seconds < LONG:
            self._told = False
            return
        parts = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in self._spent.items() if spent >= 1)
        log.warning("a pass took %.1f s: %s", seconds, parts)

    def _leave(self) -> None:
        if self._at is not None:
            stage, since = self._at
            self._spent[stage] = self._spent.get(stage, 0.0) + self._steady() - since
        self._at = None

    def _look_on(self) -> None:
        while not self._stopped.wait(LOOK_EVERY):
            self.look()
