"""A command run through the engine's exec API, over the connection that the engine hands over for it.

docker-py gives the bare socket, past what its own reader may have taken in with the answer's headers; so what a quick
command says first is read through that reader here.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from docker import APIClient

from gitpod_sync.engines.container_access import Channel
from gitpod_sync.engines.docker.connecting.connection import engine_errors
from gitpod_sync.errors import EngineError

_HEADER = struct.Struct(">BxxxL")
_PIECE = 65536
_END_WITHIN = 10.0
_LOOK_EVERY = 0.02


class DockerSession:
    """One exec. `stream` is what docker-py's `exec_start(socket=True)` gave."""

    def __init__(self, client: APIClient, identifier: str, stream: Any, *, terminal: bool) -> None:
        self._client = client
        self._id = identifier
        self._terminal = terminal
        self._stream = stream
        # Over a socket docker-py gives a file around it, over TLS and SSH the thing itself.
        self._socket: Any = getattr(stream, "_sock", stream)
        self._socket.settimeout(None)
        self._reader: Any = stream._response.raw._fp.fp  # noqa: SLF001 - there is no other way to what it has buffered

    @property
    def can_end_input(self) -> bool:
        """Python's TLS cannot close one direction alone."""
        return hasattr(self._socket, "proc") or not hasattr(self._socket, "getpeercert")

    def output(self) -> Iterator[tuple[Channel, bytes]]:
        """Pieces, each with its channel."""
        with engine_errors():
            if self._terminal:
                while piece := self._reader.read1(_PIECE):
                    yield Channel.OUTPUT, piece
                return
            while len(header := self._reader.read(_HEADER.size)) == _HEADER.size:
                number, length = _HEADER.unpack(header)
                yield Channel.ERROR if number == Channel.ERROR else Channel.OUTPUT, self._reader.read(length)

    def send(self, data: bytes) -> None:
        """Write all of the data."""
        with engine_errors():
            self._socket.sendall(data)

    def end_input(self) -> None:
        """Close our direction; over SSH that is the input of the ssh program."""
        with contextlib.suppress(OSError):
            process = getattr(self._socket, "proc", None)
            if process is not None:
                process.stdin.close()
            elif self.can_end_input:
                self._socket.shutdown(socket.SHUT_WR)

    def resize(self, rows: int, columns: int) -> None:
        """Set the size of its terminal."""
        with engine_errors():
            self._client.exec_resize(self._id, height=rows, width=columns)

    def exit_code(self) -> int:
        """The engine knows it a moment after the output has ended."""
        deadline = time.monotonic() + _END_WITHIN
        while True:
            with engine_errors():
                found = self._client.exec_inspect(self._id)
            if not found["Running"] and found["ExitCode"] is not None:
                return int(found["ExitCode"])
            if time.monotonic() >= deadline:
                raise EngineError("the command closed its output and goes on", "look with `top` in the container")
            time.sleep(_LOOK_EVERY)

    def close(self) -> None:
        """Close the connection; one whose other end is gone is no error."""
        with contextlib.suppress(OSError):
            self._stream.close()
