"""Signals while we load: they wait until there is somebody to answer them.

An interrupt in the middle of an import would end in a traceback, or in a library that has caught it; and TERM would end
a daemon as if it had been killed. This is loaded before all else, so it loads next to nothing itself.
"""

import signal
from types import FrameType
from typing import NoReturn

_HELD = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


def hold_signals() -> None:
    """Have them wait. They are not lost: `release_signals` delivers what has come meanwhile.

    TERM is then to end us as Ctrl-C does: what is temporary is removed, and a terminal is left as it was.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    signal.signal(signal.SIGTERM, _unwind)


def release_signals() -> None:
    """Let them come from now on."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)


def _unwind(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
