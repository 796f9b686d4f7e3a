"""The inside of containers on a real engine: logs, statistics, files, commands."""

import socket
from collections.abc import Iterator, Sequence
from typing import IO

from docker.types import CancellableStream

from gitpod_sync.engines.container_access import LogQuery, PathStat, Usage
from gitpod_sync.engines.docker.connecting.connection import Connection, engine_errors
from gitpod_sync.engines.docker.connecting.dialling import dial
from gitpod_sync.engines.docker.connecting.session import DockerSession
from gitpod_sync.engines.docker.files.path_stat import IS_FOLDER, IS_LINK, stat_path
from gitpod_sync.engines.docker.observing.inspection import read_time
from gitpod_sync.engines.docker.observing.usage import read_usage
from gitpod_sync.errors import EngineConflict, EngineNotFound

_POOL_SIZE = 32


class DockerReader:
    """Looks only: whatever would write is refused before it is sent."""

    def __init__(self, url: str | None = None, *, read_only: bool = True) -> None:
        self._connection = Connection(url, read_only=read_only, pool_size=_POOL_SIZE)

    def logs(self, container: str, query: LogQuery) -> "DockerLogStream":
        """See `engines.console.Reader`."""
        with engine_errors():
            return DockerLogStream(
                self._connection.client.logs(
                    container,
                    stream=True,
                    follow=query.follow,
                    timestamps=query.timestamps,
                    tail="all" if query.tail is None else query.tail,
                    since=query.since,
                )
            )

    def usage(self, container: str) -> Usage | None:
        """See `engines.console.Reader`."""
        try:
            with engine_errors():
                return read_usage(self._connection.client.stats(container, stream=False))
        except EngineNotFound:
            return None

    def stat(self, container: str, path: str) -> PathStat | None:
        """See `engines.console.Reader`."""
        found = stat_path(self._connection.client, container, path)
        if found is None:
            return None
        link = found.get("linkTarget", "") if found["mode"] & IS_LINK else ""
        return PathStat(found["name"], bool(found["mode"] & IS_FOLDER), link, found["size"], read_time(found["mtime"]))

    def read_archive(self, container: str, path: str) -> Iterator[bytes]:
        """See `engines.console.Reader`."""
        with engine_errors():
            pieces, _ = self._connection.client.get_archive(container, path)
            yield from pieces

    def close(self) -> None:
        """Close every connection."""
        self._connection.close()


class DockerConsole(DockerReader):
    """Looks and acts."""

    def __init__(self, url: str | None = None) -> None:
        super().__init__(url, read_only=False)

    def open_session(self, container: str, command: Sequence[str], *, stdin: bool, terminal: bool) -> DockerSession:
        """See `engines.console.Console`."""
        client = self._connection.client
        with engine_errors():
            made = client.exec_create(container, list(command), stdin=stdin, tty=terminal)
            stream = client.exec_start(made["Id"], tty=terminal, socket=True)
            return DockerSession(client, made["Id"], stream, terminal=terminal)

    def write_archive(self, container: str, folder: str, archive: IO[bytes]) -> None:
        """See `engines.console.Console`."""
        with engine_errors():
            self._connection.client.put_archive(container, folder, archive)

    def wait(self, container: str) -> None:
        """See `engines.console.Console`."""
        with engine_errors():
            self._connection.client.wait(container, timeout=None)

    def dial(self, sandbox: str, address: str, port: int) -> socket.socket:
        """See `engines.console.Console`."""
        with engine_errors():
            state = self._connection.client.inspect_container(sandbox)["State"]
        if not state["Running"]:
            raise EngineConflict("the pod has ended")
        return dial(self._connection.address, sandbox, state["Pid"], address, port)


class DockerLogStream:
    """A log with our own errors."""

    def __init__(self, stream: "CancellableStream[bytes]") -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        """Wait for the next piece."""
        with engine_errors():
            yield from self._stream

    def close(self) -> None:
        """End the iteration."""
        self._stream.close()
