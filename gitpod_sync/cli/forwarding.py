"""Listening sockets of this machine, each connection of which goes to a port of a pod."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from gitpod_sync.errors import EngineConflict, EngineError, GitpodSyncError

_PIECE = 65536

Dial = Callable[[int], socket.socket]


@dataclass(frozen=True, slots=True)
class PortPair:
    """Listen on `local` (0: whichever is free), connect to `remote`."""

    local: int
    remote: int


class Forwarder:
    """Threads that carry bytes. `tell` gets a line for people; `wait` returns when the pod has been lost."""

    def __init__(self, dial: Dial, tell: Callable[[str], None]) -> None:
        self._dial = dial
        self._tell = tell
        self._over = threading.Event()
        self._reason: EngineError | None = None

    def listen(self, address: str, pair: PortPair) -> int:
        """Begin to listen, and return the port. Raises `GitpodSyncError` for a port that cannot be had."""
        try:
            # A pair of loopback addresses is one port to people: its IPv6 half is added where there is one.
            listener = socket.create_server((address, pair.local), family=_family(address))
        except OSError as error:
            message = f"{address}:{pair.local} cannot be listened on: {error.strerror or error}"
            raise GitpodSyncError(message, "choose another local port or --address") from error
        port: int = listener.getsockname()[1]
        shown = f"[{address}]" if ":" in address else address
        self._tell(f"Forwarding from {shown}:{port} -> {pair.remote}")
        threading.Thread(target=self._accept, args=(listener, port, pair.remote), daemon=True).start()
        return port

    def watch(self, until_lost: Callable[[], None]) -> None:
        """Take the pod for lost when `until_lost`, which may block, returns or raises an `EngineError`."""
        threading.Thread(target=self._watch, args=(until_lost,), daemon=True).start()

    def wait(self) -> EngineError | None:
        """Until the pod is lost; why."""
        self._over.wait()
        return self._reason

    def _watch(self, until_lost: Callable[[], None]) -> None:
        try:
            until_lost()
            self._lose(EngineConflict("the pod has ended"))
        except EngineError as error:
            self._lose(error)

    def _lose(self, reason: EngineError) -> None:
        self._reason = self._reason or reason
        self._over.set()

    def _accept(self, listener: socket.socket, port: int, remote: int) -> None:
        while True:
            near, _ = listener.accept()
            self._tell(f"Handling connection for {port}")
            threading.Thread(target=self._serve, args=(near, port, remote), daemon=True).start()

    def _serve(self, near: socket.socket, port: int, remote: int) -> None:
        with near:
            try:
                far = self._dial(remote)
            except OSError as error:
                self._tell(f"an error occurred forwarding {port} -> {remote}: {error.strerror or error}")
                return
            except EngineError as error:
                self._lose(error)
                return
            with far:
                far.settimeout(None)
                back = threading.Thread(target=_carry, args=(far, near), daemon=True)
                back.start()
                _carry(near, far)
                back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes until one side ends, and end the other's input: the opposite direction may go on."""
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
