"""Folders inside of a container's volume: made when missing, refused when a link stands in the way."""

import base64
import io
import json
import tarfile
import time
from pathlib import PurePosixPath
from typing import Any

from docker import APIClient

from gitpod_sync.engines.docker.connection import engine_errors
from gitpod_sync.errors import EngineError
from gitpod_sync.plan.operations import MakeFolder

_IS_FOLDER, _IS_LINK, _SETGID = 1 << 31, 1 << 27, 1 << 22
"""Bits of Go's FileMode, in which the engine tells of files."""

_STAT = "X-Docker-Container-Path-Stat"
_MISSING = 404


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
        if found & _IS_LINK:
            raise EngineError(f"`{step}` in the volume is a link, which a subPath must not follow", "remove the link")
        if step is not steps[-1] and not found & _IS_FOLDER:
            raise EngineError(f"`{step}` in the volume is no folder, so nothing can be below it")


def _stat(client: APIClient, container: str, path: str) -> int | None:
    """Go's FileMode of what is there; None when nothing is."""
    # docker-py has no method for this call.
    url = f"{client.base_url}/v{client.api_version}/containers/{container}/archive"
    with engine_errors():
        answer = client.head(url, params={"path": path}, timeout=client.timeout)
        if answer.status_code == _MISSING:
            return None
        answer.raise_for_status()
    told: dict[str, Any] = json.loads(base64.b64decode(answer.headers[_STAT]))
    return int(told["mode"])


def _archive(folders: list[PurePosixPath], root: int, group: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in folders:
            entry = tarfile.TarInfo(str(folder))
            entry.type, entry.gid, entry.mtime = tarfile.DIRTYPE, group, int(time.time())
            entry.mode = root & 0o777 | (0o2000 if root & _SETGID else 0)
            archive.addfile(entry)
    return buffer.getvalue()
