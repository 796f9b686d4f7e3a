"""A thread that looks again and again until it is stopped: what the watches have in common."""

import logging
import threading
from collections.abc import Callable

from gitpod_sync.errors import EngineError

log = logging.getLogger(__name__)

_END_WITHIN = 5.0
"""Seconds to wait for a look that is under way when the watch ends."""


class Rounds:
    """Calls `look`, waits for `pause()` seconds (None: until called), and so on.

    A look that fails costs no later one. An engine that does not answer is reported by the passes, so here it is only a
    word for debugging.
    """

    def __init__(self, name: str, look: Callable[[], None], pause: Callable[[], float | None]) -> None:
        self._name = name
        self._look = look
        self._pause = pause
        self._stopped = threading.Event()
        self._soon = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)

    def start(self) -> None:
        """Begin, unless begun."""
        if self._thread.ident is None:
            self._thread.start()

    def soon(self) -> None:
        """Have the next look now."""
        self._soon.set()

    def stop(self) -> None:
        """End it, and wait for a look under way, within reason."""
        self._stopped.set()
        self._soon.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_END_WITHIN)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
            except EngineError as error:
                log.debug("%s: %s", self._name, error)
            except Exception:
                # A defect of ours, which must not end the watch for good.
                log.exception("the %s failed unexpectedly", self._name)
            self._soon.wait(self._pause())
            self._soon.clear()
