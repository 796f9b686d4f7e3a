"""Seeing that something changed on this machine, at once."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from gitpod_sync.sources.protocol import Watch

log = logging.getLogger(__name__)

_BURST = 0.03
"""Seconds between an event and the call: a push writes several files."""

_READING = {"opened", "closed_no_write"}
_REFERENCES = {"HEAD", "packed-refs"}


class Watching:
    """Calls back soon after an event, once for all events until then; one that comes later calls back again."""

    def __init__(
        self, folders: Mapping[Path, bool], concerns: Callable[[Path], bool], changed: Callable[[], None]
    ) -> None:
        """`folders` says of each whether all below it is watched too. Raises `OSError` when no watch is left."""
        self._changed = changed
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._observer = Observer()
        handler = _Handler(concerns, self._note)
        for folder, recursive in folders.items():
            self._observer.schedule(handler, str(folder), recursive=recursive)
        self._observer.start()

    def close(self) -> None:
        """End it and wait for its threads."""
        self._observer.stop()
        self._observer.join()
        with self._lock:
            if self._timer:
                self._timer.cancel()

    def _note(self) -> None:
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(_BURST, self._call_back)
                self._timer.daemon = True
                self._timer.start()

    def _call_back(self) -> None:
        with self._lock:
            self._timer = None
        self._changed()


class NoWatch:
    """For what cannot be watched."""

    def close(self) -> None:
        """Nothing to end."""


class _Handler(FileSystemEventHandler):
    def __init__(self, concerns: Callable[[Path], bool], note: Callable[[], None]) -> None:
        self._concerns = concerns
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog for everything that happens."""
        if event.event_type in _READING:
            return
        if any(self._concerns(Path(str(path))) for path in (event.src_path, event.dest_path) if path):
            self._note()


def watch_folder(folder: Path, changed: Callable[[], None]) -> Watch:
    """Watch a folder with all that is below it."""
    return _watch({folder: True}, lambda _path: True, changed)


def watch_references(git_folders: Iterable[Path], changed: Callable[[], None]) -> Watch:
    """Watch where HEAD and the branches point to; what else git writes is of no interest."""
    folders: dict[Path, bool] = {}
    for folder in git_folders:
        folders[folder] = False
        if (folder / "refs").is_dir():
            folders[folder / "refs"] = True
    return _watch(folders, lambda path: path.name in _REFERENCES or "refs" in path.parts, changed)


def _watch(folders: Mapping[Path, bool], concerns: Callable[[Path], bool], changed: Callable[[], None]) -> Watch:
    try:
        return Watching(folders, concerns, changed)
    except OSError as error:
        log.warning("%s cannot be watched and is polled only: %s", next(iter(folders)), error)
        return NoWatch()
