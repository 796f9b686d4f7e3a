"""The meaning of signals to the daemon."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from gitpod_sync.cli.signals import release_signals

_TERMINAL = "/dev/tty"


class DaemonSignals:
    """TERM and INT end the daemon, a second INT at once; HUP has it read its configuration again.

    Handlers only begin threads: the interrupted thread may hold the very lock that an answer needs. Until there is a
    daemon to be told, an end is at once: nothing was begun, and being ended at any moment is safe anyway.
    """

    def __init__(self, patience: float) -> None:
        """`patience`: seconds from TERM to the end, whatever is under way."""
        self.status = 0
        """What the process is to end with."""
        self._patience = patience
        self._ending = False
        self._stop: Callable[[], None] | None = None
        self._reload: Callable[[], None] | None = None
        self._at_a_terminal = _has_terminal()

    def take(self) -> None:
        """Answer from now on, also what has come before."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGHUP, self._hang_up)
        release_signals()

    def serve(self, stop: Callable[[], None], reload: Callable[[], None]) -> None:
        """Answer with a daemon's functions from now on, each called in a thread of its own."""
        self._stop, self._reload = stop, reload

    def _end(self, number: int, _frame: FrameType | None) -> None:
        # As shells have it for what Ctrl-C has ended; TERM is how a daemon is meant to end.
        status = 128 + number if number == signal.SIGINT else 0
        impatient = self._ending and number == signal.SIGINT
        if self._stop is None or impatient:
            os._exit(status)
        if not self._ending:
            self._ending, self.status = True, status
        _begin(self._stop)
        # An engine that does not answer must not hold us up.
        last = threading.Timer(self._patience, os._exit, (status,))
        last.daemon = True
        last.start()

    def _hang_up(self, number: int, frame: FrameType | None) -> None:
        if self._at_a_terminal and not _has_terminal():
            self._end(number, frame)  # it was closed, and nobody asked for a reload
        elif self._reload:
            _begin(self._reload)


def _begin(task: Callable[[], None]) -> None:
    threading.Thread(target=task, daemon=True).start()


def _has_terminal() -> bool:
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
