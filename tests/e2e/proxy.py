"""A door to the engine that a scenario can shut or make slow, and that writes down who knocked."""

import contextlib
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

_REQUEST = re.compile(rb"(?:^|\r\n\r\n|\n)(GET|HEAD|POST|PUT|DELETE|PATCH) (/\S*) HTTP/1\.1\r\n")


class EngineProxy:
    """Forwards a socket to the engine's; `shut` cuts every connection and refuses new ones.

    `path` is that of a Unix socket; None is a port of the loopback address, as of an engine elsewhere. `delay` are
    seconds that pass before anything of an answer is handed on. While it is `stalled` nothing is handed on at all, and
    nothing is lost.
    """

    def __init__(self, path: Path | None, engine_url: str) -> None:
        self.methods: set[str] = set()
        self.delay = 0.0
        self._goes_on = threading.Event()
        self._goes_on.set()
        self._path = path
        self._port = 0
        self._target = urlsplit(engine_url).path
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.unlock()

    @property
    def url(self) -> str:
        """As a person writes it."""
        return f"unix://{self._path}" if self._path else f"tcp://127.0.0.1:{self._port}"

    def stall(self) -> None:
        """Hand on nothing until `go_on`."""
        self._goes_on.clear()

    def go_on(self) -> None:
        """Hand on what has come meanwhile, and what comes."""
        self._goes_on.set()

    def unlock(self) -> None:
        """Let requests through."""
        if self._path:
            self._path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(self._path))
        else:
            listener = socket.create_server(("127.0.0.1", self._port))
            self._port = listener.getsockname()[1]
        listener.listen(64)
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        """Cut everything off."""
        self._goes_on.set()
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for each in tuple(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._target)
            self._open |= {near, far}
            threading.Thread(target=self._forward, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._forward, args=(far, near, False), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, requests: bool) -> None:
        try:
            while chunk := source.recv(65536):
                if requests:
                    self.methods |= {match[1].decode() for match in _REQUEST.finditer(chunk)}
                else:
                    time.sleep(self.delay)
                self._goes_on.wait()
                sink.sendall(chunk)
        except OSError:
            pass
        finally:
            for each in (source, sink):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            source.close()
            self._open.discard(source)
