"""The output of a command in a container, up to a limit.

docker-py's own reader waits without end, and loses what its HTTP client has read together with the head of the answer,
which a loaded machine makes likely. A frame of the stream is a byte for the channel, three of nothing, and the
length of what follows.
"""

import io
import struct
import time
from typing import Any

LONGEST_OUTPUT = 10 * 1024
"""Bytes of output that are kept, as many as the kubelet keeps of a probe's."""

_HEADER = struct.Struct(">BxxxL")
_PIECE = 16 * 1024


class ExecutionOutput:
    """`stream` is what docker-py's `exec_start(socket=True)` gave; `longest` is how many bytes are kept."""

    def __init__(self, stream: Any, longest: int = LONGEST_OUTPUT) -> None:
        # Over a socket docker-py gives a file around it, over ssh the channel itself.
        self._channel = getattr(stream, "_sock", stream)
        self._unread = bytearray()
        self._left_of_frame = 0
        self._kept = bytearray()
        self._ended = False
        self._longest = longest
        self._take(self._read_ahead(stream))

    @property
    def content(self) -> bytes:
        """The beginning of the output, as it was written."""
        return bytes(self._kept)

    @property
    def text(self) -> str:
        """The beginning of the output, as text."""
        return self._kept.decode(errors="replace")

    def follow(self, seconds: float) -> None:
        """Read on until it has ended, or for so long."""
        deadline = time.monotonic() + seconds
        while not self._ended:
            left = deadline - time.monotonic()
            if left <= 0:
                return
            self._channel.settimeout(left)
            try:
                piece = self._channel.recv(_PIECE)
            except TimeoutError:
                return
            self._ended = not piece
            self._take(piece)

    def _read_ahead(self, stream: Any) -> bytes:
        """The bytes that came together with the head of the answer and are still in the HTTP client's buffer."""
        answer = getattr(getattr(stream, "_response", None), "raw", None)
        buffer = getattr(getattr(answer, "_fp", None), "fp", None)
        if not isinstance(buffer, io.BufferedReader):
            return b""
        self._channel.settimeout(0)  # a look into the buffer must not wait for more
        return buffer.read(len(buffer.peek()))

    def _take(self, piece: bytes) -> None:
        self._unread += piece
        while self._unread:
            if self._left_of_frame:
                content = self._unread[: self._left_of_frame]
                self._left_of_frame -= len(content)
                self._kept += content[: self._longest - len(self._kept)]
                del self._unread[: len(content)]
            elif len(self._unread) >= _HEADER.size:
                self._left_of_frame = _HEADER.unpack(self._unread[: _HEADER.size])[1]
                del self._unread[: _HEADER.size]
            else:
                return
