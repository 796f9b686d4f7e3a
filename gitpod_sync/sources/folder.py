"""A plain folder as a source: for development, and for validating what is not committed yet."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gitpod_sync.errors import SourceError
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.address import check_path
from gitpod_sync.sources.files import is_manifest, too_large
from gitpod_sync.sources.kept_folder import KeptFolder
from gitpod_sync.sources.protocol import Watch, WorkTree
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.sources.writers import has_writer

APART = 1.0
"""Seconds between two readings that have to be the same before a change counts: a file may be in the writing."""

_MOST_READINGS = 60


class FolderSource:
    """Reads the files as they lie there, and keeps a copy of the one state that is in force below `kept`."""

    def __init__(self, spec: SourceSpec, root: Path, kept: Path, pause: Callable[[float], None] = time.sleep) -> None:
        self._spec = spec
        self._root = root
        self._kept = KeptFolder(kept, root, spec.path)
        self._pause = pause
        self._last: Revision | None = None

    def fetch(self, *, settled: bool = True) -> Revision:
        """The folder once nobody writes to it any more, or as it is. Raises `SourceError` when writing does not end.

        The first time the folder is read once, if it has been left alone for so long that an earlier reading would have
        been the same.
        """
        found = self._read()
        if not settled or (self._last and found.commit == self._last.commit):
            return found
        if self._last or self._was_just_written() or self._in_writing(found):
            found = self._settled(found)
        self._last = found
        return found

    def _settled(self, found: Revision) -> Revision:
        for _ in range(_MOST_READINGS):
            self._pause(APART)
            again, before = self._read(), found.commit
            found, written = again, self._in_writing(again)
            if again.commit == before and not written:
                return again
        what = f"{self._root / self._spec.path / written} is open for writing" if written else f"{self._root} changes"
        raise SourceError(f"{what} without a pause", "write elsewhere, and move what is complete there")

    def _in_writing(self, found: Revision) -> str:
        """The first new or changed file that is still being written to; "" when there is none."""
        known = self._last.files if self._last else {}
        fresh = (path for path, file in found.files.items() if known.get(path) != file)
        root = self._wanted()
        return next((path for path in fresh if has_writer(root / path if root.is_dir() else root)), "")

    def _was_just_written(self) -> bool:
        """Whether files or folders changed just now, by the times (ctime) that nobody can set."""
        try:
            changed = (place.lstat().st_ctime for place in _places(self._wanted()))
            return max(changed, default=0.0) > time.time() - APART
        except OSError:
            return True

    def _read(self) -> Revision:
        return read_folder(self._spec.name, self._wanted())

    def _wanted(self) -> Path:
        wanted = self._root / check_path(self._spec.path)
        if not wanted.resolve().is_relative_to(self._root.resolve()):
            raise SourceError(f"path {self._spec.path!r} leads out of {self._root}", "give a path within the folder")
        return wanted

    def revision(self, commit: str) -> Revision:
        """The state that is kept, or the present one."""
        kept = self._kept.read()
        files = {path: SourceFile(blob_hash(content), content) for path, content in (kept or {}).items()}
        if kept is not None and commit == _name_of(files):
            return Revision(self._spec.name, commit, files)
        present = self._read()
        if present.commit != commit:
            raise SourceError(f"folder {self._root} keeps no earlier state", "use a Git repository")
        return present

    def keep(self, revision: Revision) -> None:
        """Keep a copy of this state."""
        self._kept.write(revision.files)

    def head(self) -> str | None:
        """The folder as it lies there."""
        return self._read().commit

    def work_tree(self, revision: Revision) -> WorkTree:
        """An empty work tree: a folder is read as it lies there, so nothing lies beside it."""
        del revision
        return WorkTree()

    def watch(self, changed: Callable[[], None]) -> Watch:
        """Watch everything below the folder."""
        from gitpod_sync.sources.watch import watch_folder

        return watch_folder(self._root, changed)


def read_folder(name: str, root: Path) -> Revision:
    """The manifests below a folder, or one file. Raises `SourceError` when something there cannot be read.

    `commit` is ``folder-`` and a digest of the content.
    """
    if not root.exists():
        raise SourceError(f"{root} does not exist", "check the path")
    files: dict[str, SourceFile] = {}
    skipped: dict[str, str] = {}
    refused: dict[str, str] = {}
    try:
        for path, place in sorted(_entries(root)):
            if place.is_symlink():
                skipped[path] = "it is a symbolic link, which is not followed"
            elif reason := too_large(place.stat().st_size):
                refused[path] = reason
            else:
                content = place.read_bytes()
                files[path] = SourceFile(blob_hash(content), content)
    except OSError as error:
        # A file that cannot be read must never look like one that was deleted.
        raise SourceError(f"{error.filename} cannot be read: {error.strerror}", "check its permissions") from error
    return Revision(name, _name_of(files), files, skipped=skipped, refused=refused)


def blob_hash(content: bytes) -> str:
    """The hash by which git would know this content."""
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


def _entries(root: Path) -> Iterator[tuple[str, Path]]:
    """Manifests, and everything that is a symbolic link, by the path from the root."""
    if root.is_file():
        yield root.name, root
        return
    for folder, folders, names in os.walk(root, onerror=_give_up):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for each in (*folders, *names):
            place = Path(folder, each)
            if place.is_symlink() or (is_manifest(each) and place.is_file()):
                yield place.relative_to(root).as_posix(), place


def _places(root: Path) -> Iterator[Path]:
    """Everything below a folder, including the folder itself, except hidden entries."""
    yield root
    for folder, folders, names in os.walk(root, onerror=_give_up):
        folders[:] = [each for each in folders if not each.startswith(".")]
        yield from (Path(folder, each) for each in (*folders, *names))


def _give_up(error: OSError) -> None:
    raise error


def _name_of(files: dict[str, SourceFile]) -> str:
    listing = "\n".join(f"{file.blob} {path}" for path, file in files.items())
    return f"folder-{hashlib.sha256(listing.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
