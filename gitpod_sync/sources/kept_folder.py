"""The state of a plain folder that is in force, as a copy in the state directory: the folder itself keeps none."""

import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

from gitpod_sync.errors import SourceError
from gitpod_sync.model.revision import SourceFile


class KeptFolder:
    """A copy of one state at a time. Its content may be secret, so only the owner may read it."""

    def __init__(self, folder: Path, root: Path, path: str) -> None:
        """A copy below `folder`, for what is read from `path` of `root`."""
        digest = hashlib.sha256(f"{root}:{path}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._place = folder / f"{digest}.tar"

    def read(self) -> dict[str, bytes] | None:
        """The contents by path; None when there is no readable copy."""
        try:
            with tarfile.open(self._place) as archive:
                files = {each.name: archive.extractfile(each) for each in archive.getmembers()}
                return {name: file.read() for name, file in files.items() if file}
        except (OSError, tarfile.TarError):
            return None

    def write(self, files: Mapping[str, SourceFile]) -> None:
        """Keep these files in place of earlier ones, all or none. Raises `SourceError` when that fails."""
        fresh = self._place.with_suffix(".new")
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                with tarfile.open(fileobj=file, mode="w") as archive:
                    for path, each in files.items():
                        entry = tarfile.TarInfo(path)
                        entry.size = len(each.content)
                        archive.addfile(entry, io.BytesIO(each.content))
                os.fsync(file.fileno())
            fresh.replace(self._place)
        except OSError as error:
            message = f"{self._place} cannot be written: {error.strerror}"
            raise SourceError(message, "set state_dir to a writable folder") from error
