"""A plain folder as a source: for development, and for validating what is not committed yet."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from gitpod_sync.errors import SourceError
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.address import check_path
from gitpod_sync.sources.files import is_manifest, too_large
from gitpod_sync.sources.kept_folder import KeptFolder
from gitpod_sync.sources.protocol import Watch
from gitpod_sync.sources.spec import SourceSpec


class FolderSource:
    """Reads the files as they lie there, and keeps a copy of the one state that is in force below `kept`."""

    def __init__(self, spec: SourceSpec, root: Path, kept: Path) -> None:
        self._spec = spec
        self._root = root
        self._kept = KeptFolder(kept, root, spec.path)

    def fetch(self) -> Revision:
        """The folder as it is now."""
        wanted = self._root / check_path(self._spec.path)
        if not wanted.resolve().is_relative_to(self._root.resolve()):
            raise SourceError(f"path {self._spec.path!r} leads out of {self._root}", "give a path within the folder")
        return read_folder(self._spec.name, wanted)

    def revision(self, commit: str) -> Revision:
        """The state that is kept, or the present one."""
        kept = self._kept.read()
        files = {path: SourceFile(blob_hash(content), content) for path, content in (kept or {}).items()}
        if kept is not None and commit == _name_of(files):
            return Revision(self._spec.name, commit, files)
        present = self.fetch()
        if present.commit != commit:
            raise SourceError(f"folder {self._root} keeps no earlier state", "use a Git repository")
        return present

    def keep(self, revision: Revision) -> None:
        """Keep a copy of this state."""
        self._kept.write(revision.files)

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


def _give_up(error: OSError) -> None:
    raise error


def _name_of(files: dict[str, SourceFile]) -> str:
    listing = "\n".join(f"{file.blob} {path}" for path, file in files.items())
    return f"folder-{hashlib.sha256(listing.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
