"""Running a command in a container.

The engine's API has three calls for it: make, start (which streams the output), inspect (which knows the exit code).
"""

import struct
import time
from collections.abc import Iterator
from typing import Any

from docker import APIClient
from docker.errors import NotFound

from gitpod_sync.engines.protocol import Execution

LONGEST_OUTPUT = 10 * 1024
"""Bytes of output that are kept, as many as the kubelet keeps of a probe's."""

_HEADER = struct.Struct(">BxxxL")
_PIECE = 16 * 1024
_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.5


class Executions:
    """Commands by the thousand, from several threads.

    The engine cannot end a command that hangs, and a probe must not fill its container with them. So of each series of
    commands one runs at a time in a container: the next waits for a late one.
    """

    def __init__(self) -> None:
        self._late: dict[tuple[str, str], str] = {}

    def forget(self, container: str) -> None:
        """The container is gone, and its commands with it."""
        for key in [key for key in tuple(self._late) if key[0] == container]:
            self._late.pop(key, None)

    def execute(
        self, client: APIClient, container: str, command: tuple[str, ...], timeout: float | None, series: str = ""
    ) -> Execution:
        """Run it to its end, or for `timeout` seconds. What docker and sockets raise is the caller's to translate."""
        before = self._late.pop((container, series), None)
        if before is not None and not _has_ended(client, before, timeout):
            self._late[container, series] = before
            return Execution(None)
        made = client.exec_create(container, list(command), stdin=False)["Id"]
        execution = _execute(client, made, timeout)
        if execution.exit_code is None and series:
            self._late[container, series] = made
        return execution


def _has_ended(client: APIClient, identifier: str, timeout: float | None) -> bool:
    """Whether an earlier command has, or does within `timeout` seconds."""
    try:
        return _exit_code(client, identifier, _deadline(timeout)) is not None
    except NotFound:
        return True


def _deadline(timeout: float | None) -> float | None:
    return None if timeout is None else time.monotonic() + timeout


def _execute(client: APIClient, identifier: str, timeout: float | None) -> Execution:
    deadline = _deadline(timeout)
    stream = client.exec_start(identifier, socket=True)
    try:
        output = _read(stream, deadline)
    except TimeoutError:
        return Execution(None)
    finally:
        stream.close()
    return Execution(_exit_code(client, identifier, deadline), output)


def _read(stream: Any, deadline: float | None) -> str:
    kept = bytearray()
    for piece in _pieces(stream, deadline):
        kept += piece[: LONGEST_OUTPUT - len(kept)]
    return kept.decode(errors="replace")


def _pieces(stream: Any, deadline: float | None) -> Iterator[bytes]:
    """The output as it comes. Raises `TimeoutError` when its end is late.

    docker-py's own reader waits without end. A frame is a byte for the channel, three of nothing, and the length.
    """
    # Over a socket docker-py gives a file around it, over ssh the channel itself.
    channel = getattr(stream, "_sock", stream)
    while header := _receive(channel, _HEADER.size, deadline):
        length = _HEADER.unpack(header)[1] if len(header) == _HEADER.size else 0
        yield _receive(channel, length, deadline)


def _receive(channel: Any, count: int, deadline: float | None) -> bytes:
    """So many bytes, or fewer when it ends before."""
    received = bytearray()
    while len(received) < count:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        piece = channel.recv(min(count - len(received), _PIECE))
        if not piece:
            break
        received += piece
    return bytes(received)


def _exit_code(client: APIClient, identifier: str, deadline: float | None) -> int | None:
    """The engine knows it a moment after the output has ended; a command that closed its output may go on for long."""
    pause = _FIRST_PAUSE
    while True:
        found = client.exec_inspect(identifier)
        if not found["Running"]:
            code: int | None = found["ExitCode"]
            return code
        if deadline is not None and time.monotonic() >= deadline:
            return None
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
