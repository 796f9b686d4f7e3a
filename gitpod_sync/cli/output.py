"""When what we print has nowhere to go: the end is quiet for a reader who has left, and one line for a full disk."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

READER_LEFT = 141
"""The exit status of what SIGPIPE has ended, as shells show it: git, docker and kubectl end so."""


class StandardOutput(io.FileIO):
    """Remembers why it took nothing: the error alone does not tell that it was ours, and its way up may be long."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.lost: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write to whatever standard output is."""
        try:
            return super().write(data)
        except OSError as error:
            self.lost = error
            raise


def take_output() -> StandardOutput | None:
    """Have everything that is printed go through one of ours; None where standard output is no file."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal of another character set shows what it can.
            stream.reconfigure(errors="backslashreplace")
    before = sys.stdout
    if not isinstance(before, io.TextIOWrapper):
        return None
    try:
        raw = StandardOutput(before.fileno())
    except OSError:
        return None  # it leads into this very process
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(raw), before.encoding, before.errors, line_buffering=before.line_buffering
    )
    return raw


def settle_output(output: StandardOutput | None, status: int) -> int:
    """Write what is still to be written; the exit status: `status`, unless output was lost."""
    if output is None:
        return status
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    if output.lost is None:
        return status
    _forget(output.fileno())
    if output.lost.errno == errno.EPIPE:
        return READER_LEFT
    say(f"gitpod-sync: what is printed cannot be written: {output.lost.strerror}; see where standard output goes")
    return 1


def say(line: str) -> None:
    """Write a line to standard error, if anybody is there."""
    with telling():
        click.echo(line, err=True)


@contextlib.contextmanager
def telling() -> Iterator[None]:
    """Ignore failures of standard error: where that takes nothing, nobody can be reached."""
    try:
        yield
    except OSError:
        _forget(sys.stderr.fileno())


def _forget(descriptor: int) -> None:
    """Send the rest of the output nowhere: the interpreter tries once more when it ends, and would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
