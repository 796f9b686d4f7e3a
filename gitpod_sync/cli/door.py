"""The last door: text leaves for a terminal, a pipe or a log through here, and what is foreign in it is inert.

It stands before the streams themselves, so that no command can forget it. Bytes pass beside it: what `logs`, `exec` and
`cp` carry is the containers' own, and belongs to whoever asked for it, as with kubectl.
"""

import logging
import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast

import click

from gitpod_sync.model.base.inert import inert, one_line


class Door:
    """A text stream in front of another one."""

    def __init__(self, stream: TextIO) -> None:
        self.beyond = stream

    def write(self, text: str) -> int:
        """Write it, inert."""
        return self.beyond.write(inert(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write them, inert."""
        for line in lines:
            self.write(line)

    @property
    def encoding(self) -> str:
        """Never ASCII's name: click would open such a stream anew, past the door."""
        return "utf-8"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.beyond, name)


class LineFormatter(logging.Formatter):
    """A record is a line, whatever its message holds."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line."""
        record.message = one_line(record.message)
        return super().formatMessage(record)


def shut_doors() -> None:
    """Put one before standard output and one before standard error."""
    sys.stdout, sys.stderr = _before(sys.stdout), _before(sys.stderr)


def show_painted(text: str) -> None:
    """Print what has colours of ours and was made inert part by part. Colours are for terminals without NO_COLOR."""
    click.get_current_context().color = False if os.environ.get("NO_COLOR") else None
    click.echo(text, file=beyond(sys.stdout), nl=False)


def beyond(stream: TextIO) -> TextIO:
    """The stream behind the door, for what was made inert by other means."""
    return stream.beyond if isinstance(stream, Door) else stream


def _before(stream: TextIO) -> TextIO:
    # None: the process was started without one.
    return cast("TextIO", Door(stream)) if stream is not None else stream
