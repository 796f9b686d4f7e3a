"""The inside of simulated containers: what a test puts there is found there."""

import socket
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from gitpod_sync.engines.container_access import Channel, LogQuery, PathStat, Usage
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineConflict, EngineNotFound

Command = Callable[[Sequence[str]], tuple[bytes, int]]
"""What running a command gives: its output and its exit code."""


class MemoryConsole:
    """`lines` are logs by container (with the time of each line), `files` their files by absolute path."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine
        self.lines: dict[str, list[tuple[float, str]]] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.usages: dict[str, Usage] = {}
        self.command: Command = _not_found

    def logs(self, container: str, query: LogQuery) -> "MemoryLogStream":
        """See `engines.console.Reader`. Nothing new comes while a log is followed."""
        with self._engine.calling():
            lines = self.lines.get(self._engine.find(container).id, [])
        found = [(at, line) for at, line in lines if query.since is None or at >= query.since]
        if query.tail is not None:
            found = found[len(found) - min(query.tail, len(found)) :]
        return MemoryLogStream([_render(at, line, timestamps=query.timestamps) for at, line in found])

    def usage(self, container: str) -> Usage | None:
        """See `engines.console.Reader`."""
        with self._engine.calling():
            found = self._engine.containers.get(container)
            return self.usages.get(container, Usage(0, 0)) if found and found.alive else None

    def stat(self, container: str, path: str) -> PathStat | None:
        """See `engines.console.Reader`."""
        files, changed = self._files(container), self._messages(container)
        if path in files:
            at = changed[path][1] if path in changed else None
            return PathStat(PurePosixPath(path).name, is_directory=False, size=len(files[path]), changed_at=at)
        inside = path.rstrip("/") + "/"
        if inside != "/" and not any(name.startswith(inside) for name in files):
            return None
        return PathStat(PurePosixPath(path).name or "/", is_directory=True)

    def read_archive(self, container: str, path: str) -> Iterator[bytes]:
        """See `engines.console.Reader`."""
        root, files = PurePosixPath(path), self._files(container)
        chosen = {name: content for name, content in files.items() if PurePosixPath(name).is_relative_to(root)}
        if not chosen:
            raise EngineNotFound(f"could not find {path} in container {container}")
        buffer = BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for name, content in sorted(chosen.items()):
                entry = tarfile.TarInfo(str(PurePosixPath(name).relative_to(root.parent)))
                entry.size = len(content)
                archive.addfile(entry, BytesIO(content))
        yield buffer.getvalue()

    def open_session(self, container: str, command: Sequence[str], *, stdin: bool, terminal: bool) -> "MemorySession":  # noqa: ARG002 - no command reads
        """See `engines.console.Console`."""
        with self._engine.calling():
            if not self._engine.find(container).alive:
                raise EngineConflict(f"container {container} is not running")
        return MemorySession(*self.command(command))

    def write_archive(self, container: str, folder: str, archive: IO[bytes]) -> None:
        """See `engines.console.Console`."""
        with self._engine.calling():
            files = self.files.setdefault(self._engine.find(container).id, {})
        with tarfile.open(fileobj=archive) as unpacked:
            for entry in unpacked:
                content = unpacked.extractfile(entry)
                if content is not None:
                    files[str(PurePosixPath(folder) / entry.name)] = content.read()

    def wait(self, container: str) -> None:
        """See `engines.console.Console`."""
        with closing(self._engine.events()) as stream:
            with self._engine.calling():
                if not self._engine.find(container).alive:
                    return
            for event in stream:
                if event.id == container and event.action in {"die", "destroy"}:
                    return

    def dial(self, sandbox: str, address: str, port: int) -> socket.socket:
        """See `engines.console.Console`. Nobody listens."""
        with self._engine.calling():
            if not self._engine.find(sandbox).alive:
                raise EngineConflict("the pod has ended")
        raise ConnectionRefusedError(f"nobody listens on {address}:{port}")

    def close(self) -> None:
        """Close without effect: nothing is held open."""

    def _files(self, container: str) -> dict[str, bytes]:
        with self._engine.calling():
            own = self.files.get(self._engine.find(container).id, {})
        return own | {path: text.encode() for path, (text, _) in self._messages(container).items()}

    def _messages(self, container: str) -> dict[str, tuple[str, float]]:
        """Termination messages in a sandbox, by path, with their times."""
        with self._engine.calling():
            mounts = {mount.source: mount.target for mount in self._engine.find(container).config.mounts}
            left = self._engine.messages.items()
            return {f"{mounts[volume]}/{name}": found for (volume, name), found in left if volume in mounts}


class MemoryLogStream:
    """Lines that were there when it was opened."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = list(lines)

    def __iter__(self) -> Iterator[bytes]:
        """The lines, one in each piece."""
        while self._lines:
            yield self._lines.pop(0)

    def close(self) -> None:
        """End the iteration."""
        self._lines.clear()


class MemorySession:
    """A command that has ended already."""

    can_end_input = True

    def __init__(self, output: bytes, exit_code: int) -> None:
        self._output = output
        self._exit_code = exit_code

    def output(self) -> Iterator[tuple[Channel, bytes]]:
        """The whole output at once."""
        yield Channel.OUTPUT, self._output

    def send(self, data: bytes) -> None:
        """Discard the data: nobody reads it."""

    def end_input(self) -> None:
        """End the input without effect: nobody reads it."""

    def resize(self, rows: int, columns: int) -> None:
        """Resize without effect: there is no terminal."""

    def exit_code(self) -> int:
        """The exit code that the test gave."""
        return self._exit_code

    def close(self) -> None:
        """Close without effect: nothing is held open."""


def _render(at: float, line: str, *, timestamps: bool) -> bytes:
    time = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ ") if timestamps else ""
    return f"{time}{line}\n".encode()


def _not_found(command: Sequence[str]) -> tuple[bytes, int]:
    return f"exec: {command[0]!r}: executable file not found in $PATH\n".encode(), 127
