"""Folders inside of a container's volume: made when missing, links followed as long as they stay in the volume."""

import io
import tarfile
import time
from collections import deque
from collections.abc import Iterable
from pathlib import PurePosixPath

from docker import APIClient

from gitpod_sync.engines.docker.files.path_stat import IS_FOLDER, IS_LINK, SETGID, stat_path
from gitpod_sync.errors import EngineError, EngineUnavailable
from gitpod_sync.operations.operations import MakeFolder

_MOST_LINKS = 40
"""The kernel's own bound."""

_UP = ".."
_REMEDY = "let it name a place in the volume, by a relative path"


def make_folder(client: APIClient, operation: MakeFolder) -> None:
    """Walk down, a call for each step; what is missing is made with the mode of the volume's own root.

    Raises `EngineError` for a link out of the volume: the engine would follow it when it mounts.
    """
    root = _stat(client, operation.id, operation.path)
    if root is None:
        raise EngineError(f"container {operation.id} has no volume at {operation.path}")
    here, links = PurePosixPath(), 0
    rest = deque((part, "") for part in PurePosixPath(operation.inner).parts)
    while rest:
        part, link = rest.popleft()
        if part == _UP:
            here = _above(here, link)
            continue
        step = here / part
        found = _look(client, operation, step)
        if found is None:
            if link:
                raise EngineError(f"{link}, which is not there", "make it, or correct the link")
            _make(client, operation, root, step, rest)
            return
        if found & IS_LINK:
            links += 1
            if links > _MOST_LINKS:
                raise EngineError(f"`{operation.inner}` in the volume is a link that leads to links without an end")
            target = _read_link(client, operation, step)
            link = f"`{step}` in the volume is a link to `{target}`"
            here, path = _follow(here, PurePosixPath(target), operation.source, link)
            rest.extendleft((each, link) for each in reversed(path.parts))
            continue
        if rest and not found & IS_FOLDER:
            raise EngineError(f"`{step}` in the volume is not a folder, so nothing can be below it")
        here = step


def _look(client: APIClient, operation: MakeFolder, step: PurePosixPath) -> int | None:
    try:
        return _stat(client, operation.id, f"{operation.path}/{step}")
    except EngineUnavailable:
        raise
    except EngineError as error:
        # The engine resolves a link by itself, and says no more than that it failed.
        message = f"`{step}` in the volume cannot be looked at: if it is a link, it leads to itself"
        raise EngineError(message, "correct the link") from error


def _above(here: PurePosixPath, link: str) -> PurePosixPath:
    if not here.parts:
        raise EngineError(f"{link}, which leads out of it", _REMEDY)
    return here.parent


def _follow(here: PurePosixPath, target: PurePosixPath, source: str, link: str) -> tuple[PurePosixPath, PurePosixPath]:
    """Where in the volume, and by which path, a link leads on."""
    if source and target.is_relative_to(source):
        return PurePosixPath(), target.relative_to(source)
    if target.is_absolute():
        raise EngineError(f"{link}, which leads out of it", _REMEDY)
    return here, target


def _make(
    client: APIClient, operation: MakeFolder, root: int, first: PurePosixPath, rest: Iterable[tuple[str, str]]
) -> None:
    folders = [first]
    for part, _ in rest:
        folders.append(folders[-1] / part)
    client.put_archive(operation.id, operation.path, _archive(folders, root, operation.group))


def _read_link(client: APIClient, operation: MakeFolder, link: PurePosixPath) -> str:
    """The text of a symbolic link: the engine's stat resolves links within the container."""
    chunks, _ = client.get_archive(operation.id, f"{operation.path}/{link}")
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        return archive.getmembers()[0].linkname


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
