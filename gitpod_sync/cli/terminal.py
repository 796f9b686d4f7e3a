"""Our side of a command that runs in a container: standard input, output, and a terminal that follows the window."""

import contextlib
import os
import signal
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from types import FrameType

from gitpod_sync.engines.container_access import Channel, Session
from gitpod_sync.errors import EngineError

_PIECE = 65536
_TRIES, _PAUSE = 50, 0.05


def attach(session: Session, *, stdin: bool, terminal: bool) -> int:
    """Connect our streams with the command's until it ends; its exit code."""
    with _raw_terminal() if terminal else contextlib.nullcontext(), _following(session, terminal=terminal):
        if stdin:
            threading.Thread(target=_pump_input, args=(session,), daemon=True, name="standard input").start()
        for channel, piece in session.output():
            stream = sys.stderr.buffer if channel is Channel.ERROR else sys.stdout.buffer
            stream.write(piece)
            stream.flush()
    return session.exit_code()


def is_terminal() -> bool:
    """Whether standard input is one."""
    return sys.stdin is not None and sys.stdin.isatty()


def _pump_input(session: Session) -> None:
    # Not through sys.stdin: its lock would be held by this thread when the process ends.
    with contextlib.suppress(OSError, EngineError):
        while piece := os.read(sys.stdin.fileno(), _PIECE):
            session.send(piece)
        session.end_input()


@contextlib.contextmanager
def _raw_terminal() -> Iterator[None]:
    """Every key goes to the command, Ctrl-C included; the terminal is as before afterwards."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setraw(descriptor)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _following(session: Session, *, terminal: bool) -> Iterator[None]:
    """Pass on the size of the window, now and whenever it changes."""
    if not terminal:
        yield
        return
    changed, over = threading.Event(), threading.Event()
    changed.set()

    def follow() -> None:
        while changed.wait() and not over.is_set():
            changed.clear()
            # A command that is only just beginning has no terminal yet.
            for _ in range(_TRIES):
                with contextlib.suppress(EngineError):
                    size = os.get_terminal_size(sys.stdin.fileno())
                    session.resize(size.lines, size.columns)
                    break
                if over.wait(_PAUSE):
                    return

    def note(_signal: int, _frame: FrameType | None) -> None:
        changed.set()

    previous = signal.signal(signal.SIGWINCH, note)
    follower = threading.Thread(target=follow, daemon=True, name="window size")
    follower.start()
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, previous)
        over.set()
        changed.set()
        follower.join(timeout=1)
