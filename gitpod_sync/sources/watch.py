"""Seeing that something changed on this machine, at once."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from gitpod_sync.sources.files import is_manifest
from gitpod_sync.sources.protocol import Watch

log = logging.getLogger(__name__)

_QUIET = 0.03
"""Seconds without an event before the call: a push writes several files."""

_Concerns = Callable[[Path, bool], bool]
"""Whether a change of a place is of interest; whether it is a folder is told as well."""

_READING = {"opened", "closed_no_write"}
_REFERENCES = {"HEAD", "packed-refs"}


class Watching:
    """Calls back when it is quiet after an event, once for all events until then; a later one calls back again."""

    def __init__(self, folders: Mapping[Path, bool], concerns: _Concerns, changed: Callable[[], None]) -> None:
        """`folders` says of each whether all below it is watched too. Raises `OSError` when no watch is left."""
        self._changed = changed
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._last_at = 0.0
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
            self._last_at = time.monotonic()
            if self._timer is None:
                self._wait(_QUIET)

    def _wait(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._call_back)
        self._timer.daemon = True
        self._timer.start()

    def _call_back(self) -> None:
        with self._lock:
            left = self._last_at + _QUIET - time.monotonic()
            if left > 0:
                self._wait(left)
                return
            self._timer = None
        self._changed()


class NoWatch:
    """A watch on a source that cannot be watched."""

    def close(self) -> None:
        """Close without effect: nothing is watched."""


class _Handler(FileSystemEventHandler):
    def __init__(self, concerns: _Concerns, note: Callable[[], None]) -> None:
        self._concerns = concerns
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog for everything that happens."""
        if event.event_type in _READING:
            return
        places = (Path(os.fsdecode(path)) for path in (event.src_path, event.dest_path) if path)
        if any(self._concerns(place, event.is_directory) for place in places):
            self._note()


def watch_folder(folder: Path, changed: Callable[[], None]) -> Watch:
    """Watch a folder with all that is below it, but what is hidden there and files that are no manifests."""

    def concerns(place: Path, is_folder: bool) -> bool:
        below = place.relative_to(folder).parts if place.is_relative_to(folder) else ()
        return not any(part.startswith(".") for part in below) and (is_folder or is_manifest(place.name))

    return _watch({folder: True}, concerns, changed)


def watch_references(git_folders: Iterable[Path], changed: Callable[[], None]) -> Watch:
    """Watch where HEAD and the branches point to; what else git writes is of no interest."""
    folders: dict[Path, bool] = {}
    for folder in git_folders:
        folders[folder] = False
        if (folder / "refs").is_dir():
            folders[folder / "refs"] = True
    return _watch(folders, lambda place, _is_folder: place.name in _REFERENCES or "refs" in place.parts, changed)


def _watch(folders: Mapping[Path, bool], concerns: _Concerns, changed: Callable[[], None]) -> Watch:
    try:
        return Watching(folders, concerns, changed)
    except OSError as error:
        log.warning("%s cannot be watched and is polled only: %s", next(iter(folders)), error)
        return NoWatch()
