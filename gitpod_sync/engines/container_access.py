"""Access to the inside of one container, for a person.

Two protocols, as in `engines.protocol`: a `Reader` can only look (logs, use of resources, files), a `Console` can also
run commands and write files. The loop needs neither. Both raise the `EngineError` family only; containers are named by
their ids.
"""

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import IO, Protocol


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A choice of log lines: the last `tail` (None: all), from `since` (seconds since the epoch) on.

    `follow` goes on until the container ends; `timestamps` puts the time of each line before it.
    """

    follow: bool = False
    tail: int | None = None
    since: float | None = None
    timestamps: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """A container's present use: CPU in millicores, and its working set (memory that cannot be taken back) in bytes."""

    millicores: int
    memory: int


@dataclass(frozen=True, slots=True)
class PathStat:
    """A path in a container; `link_target` is where a symbolic link leads in the end, as an absolute path.

    `size` is in bytes, `changed_at` in seconds since the epoch (None: not known).
    """

    name: str
    is_directory: bool
    link_target: str = ""
    size: int = 0
    changed_at: float | None = None


class Channel(IntEnum):
    """Where a command's output goes; with a terminal all of it is `OUTPUT`."""

    OUTPUT = 1
    ERROR = 2


class LogStream(Protocol):
    """Pieces of a log as they come, with the ends of lines wherever they fall."""

    def __iter__(self) -> Iterator[bytes]:
        """Wait for the next piece."""
        ...

    def close(self) -> None:
        """End the iteration, from any thread."""
        ...


class Session(Protocol):
    """A command that runs in a container. Reading and writing may be done by two threads."""

    @property
    def can_end_input(self) -> bool:
        """Whether `end_input` reaches the command over this connection."""
        ...

    def output(self) -> Iterator[tuple[Channel, bytes]]:
        """The command's output, until it has ended."""
        ...

    def send(self, data: bytes) -> None:
        """Write to its standard input."""
        ...

    def end_input(self) -> None:
        """End the command's standard input."""
        ...

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of its terminal. Raises `EngineError` while it is only just beginning, and once it has ended."""
        ...

    def exit_code(self) -> int:
        """How it ended; to be asked once the output has."""
        ...

    def close(self) -> None:
        """Give back the connection; the command goes on if it has not ended."""
        ...


class Reader(Protocol):
    """An engine whose containers can be looked into."""

    def logs(self, container: str, query: LogQuery) -> LogStream:
        """The container's output, standard error included."""
        ...

    def usage(self, container: str) -> Usage | None:
        """The container's use; None when it does not run. Takes a second: CPU is measured between two looks."""
        ...

    def stat(self, container: str, path: str) -> PathStat | None:
        """The file or folder at a path; None when nothing is there."""
        ...

    def read_archive(self, container: str, path: str) -> Iterator[bytes]:
        """A file or a folder with all below it, as a tar whose names begin with the last part of the path."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Console(Reader, Protocol):
    """An engine whose containers can be worked in."""

    def open_session(self, container: str, command: Sequence[str], *, stdin: bool, terminal: bool) -> Session:
        """Run a command beside the container's own. Raises `EngineConflict` when the container does not run."""
        ...

    def write_archive(self, container: str, folder: str, archive: IO[bytes]) -> None:
        """Unpack a tar in a folder that exists."""
        ...

    def wait(self, container: str) -> None:
        """Until the container has ended. Raises `EngineError` when it is gone, or the engine is."""
        ...

    def dial(self, sandbox: str, address: str, port: int) -> socket.socket:
        """A TCP connection to a port of the pod whose sandbox this is, and whose address ("" for the node's).

        Raises `OSError` when nobody listens there, and `EngineError` when the pod has ended or cannot be reached.
        """
        ...
