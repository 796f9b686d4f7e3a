"""Trees of files to tars and back, for `cp`.

What comes out of a container is not to be trusted: only folders and plain files are made, and none outside of the
destination. Links and devices are passed over and told.
"""

import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, cast

from gitpod_sync.errors import GitpodSyncError

_PERMISSIONS = 0o777
_OWNER = 0o700
"""What a folder is given whatever it had: more is still to be put in."""


def pack(source: Path, name: str, archive: IO[bytes]) -> None:
    """Write a file or a folder with all below it into a tar, under `name`; owned by root, as in `docker cp`."""
    with tarfile.open(fileobj=archive, mode="w") as packed:
        packed.add(source, arcname=name, filter=_owned_by_root)


def unpack(pieces: Iterable[bytes], destination: Path, passed_over: Callable[[str], None]) -> None:
    """Make what is in the tar, its first name becoming `destination`; `passed_over` is told what is not made.

    Raises `GitpodSyncError` for a tar that would write elsewhere, and for a place that cannot be written.
    """
    made: dict[str, Path] = {}
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", _Stream(iter(pieces))), mode="r|") as packed:
            for entry in packed:
                target = _target(entry.name, destination)
                _make(packed, entry, target, made, passed_over)
    except (OSError, tarfile.TarError) as error:
        raise GitpodSyncError(
            f"{destination} cannot be written: {error}", "check the path and its permissions"
        ) from error


def _make(
    packed: tarfile.TarFile,
    entry: tarfile.TarInfo,
    target: Path,
    made: dict[str, Path],
    passed_over: Callable[[str], None],
) -> None:
    if entry.isdir():
        target.mkdir(parents=True, exist_ok=True)
        target.chmod((entry.mode | _OWNER) & _PERMISSIONS)
        return
    if entry.islnk() and entry.linkname in made:
        shutil.copyfile(made[entry.linkname], target)
    elif entry.isreg():
        content = packed.extractfile(entry)
        if content is None:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)
    else:
        passed_over(f"{entry.name} is a link or a device" + (f" to {entry.linkname}" if entry.issym() else ""))
        return
    made[entry.name] = target
    target.chmod(entry.mode & _PERMISSIONS)


def _target(name: str, destination: Path) -> Path:
    first, *rest = PurePosixPath(name).parts or ("",)
    if first == "/" or ".." in (first, *rest):
        raise GitpodSyncError(
            f"the archive of the container names {name!r}, which is outside", "copy a folder below it"
        )
    return destination.joinpath(*rest)


def _owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


class _Stream(RawIOBase):
    """Pieces as a file, as `tarfile` reads one."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; fewer only at the end."""
        parts, wanted = [self._rest], size - len(self._rest)
        while wanted > 0 and (piece := next(self._pieces, b"")):
            parts.append(piece)
            wanted -= len(piece)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]
