"""Ctrl-C for child processes: a suite begun in a shell's background ignores SIGINT, and so would its children."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def heeding_interrupts() -> Iterator[None]:
    """Children begun in the block are ended by SIGINT, like what is begun at a terminal."""
    # What is handled here is as by default in a child; only what is ignored stays ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
