"""Folders inside of a container's volume: made when missing, refused when a link stands in the way."""

import io
import tarfile
import time
from pathlib import PurePosixPath

from docker import APIClient

from gitpod_sync.engines.docker.path_stat import IS_FOLDER, IS_LINK, SETGID, stat_path
from gitpod_sync.errors import EngineError
from gitpod_sync.plan.operations import MakeFolder


def make_folder(client: APIClient, operation: MakeFolder) -> None:
    """Walk down, a call for each step; what is missing is made with the mode of the volume's own root.

    Raises `EngineError` for a link: the engine would follow it when it mounts, and out of the volume at that.
    """
    root = _stat(client, operation.id, operation.path)
    if root is None:
        raise EngineError(f"container {operation.id} has no volume at {operation.path}")
    steps = [*reversed(PurePosixPath(operation.inner).parents), PurePosixPath(operation.inner)][1:]
    for index, step in enumerate(steps):
        found = _stat(client, operation.id, f"{operation.path}/{step}")
        if found is None:
            archive = _archive(steps[index:], root, operation.group)
            client.put_archive(operation.id, operation.path, archive)
            return
        if found & IS_LINK:
            raise EngineError(f"`{step}` in the volume is a link, which a subPath must not follow", "remove the link")
        if step is not steps[-1] and not found & IS_FOLDER:
            raise EngineError(f"`{step}` in the volume is no folder, so nothing can be below it")


def _stat(client: APIClient, container: str, path: str) -> int | None:
    """Go's FileMode of what is there; None when nothing is."""
    found = stat_path(client, container, path)
    return int(found["mode"]) if found else None


def _archive(folders: list[PurePosixPath], root: int, group: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in folders:
            entry = tarfile.TarInfo(str(folder))
            entry.type, entry.gid, entry.mtime = tarfile.DIRTYPE, group, int(time.time())
            entry.mode = root & 0o777 | (0o2000 if root & SETGID else 0)
            archive.addfile(entry)
    return buffer.getvalue()
