"""Seeing that something changed on this machine, at once."""

import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

_QUIET = 0.02
"""Seconds without a further event after which a burst is over: a push writes several files."""

_READING = {"opened", "closed_no_write"}
_REFERENCES = ("refs", "HEAD", "packed-refs", "logs")


class Watching:
    """Calls back once a burst, after its last event, so that none is lost."""

    def __init__(self, folder: Path, concerns: Callable[[str], bool], changed: Callable[[], None]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._observer = Observer()
        self._observer.schedule(_Handler(concerns, self._note), str(folder), recursive=True)
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
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(_QUIET, self._changed)
            self._timer.daemon = True
            self._timer.start()


class NoWatch:
    """For what cannot be watched."""

    def close(self) -> None:
        """Nothing to end."""


class _Handler(FileSystemEventHandler):
    def __init__(self, concerns: Callable[[str], bool], note: Callable[[], None]) -> None:
        self._concerns = concerns
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog for everything below the folder."""
        if event.event_type in _READING:
            return
        if any(self._concerns(str(path)) for path in (event.src_path, event.dest_path) if path):
            self._note()


def watch_folder(folder: Path, changed: Callable[[], None]) -> Watching:
    """Watch a folder with all that is below it."""
    return Watching(folder if folder.is_dir() else folder.parent, lambda _path: True, changed)


def watch_references(git_folder: Path, changed: Callable[[], None]) -> Watching:
    """Watch where branches point to; what else git writes is of no interest."""

    def concerns(path: str) -> bool:
        parts = Path(path).relative_to(git_folder).parts
        return bool(parts) and parts[0] in _REFERENCES

    return Watching(git_folder, concerns, changed)
