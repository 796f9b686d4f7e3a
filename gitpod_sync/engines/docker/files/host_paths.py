"""Paths of the engine's node: looked at, and made.

The engine's API shows files in containers only. So a container is created that would mount the path, and is never
started: the engine refuses a missing path, and reports what kind a mounted one is. A node behind SSH or TLS is looked
at in the same way as this machine.
"""

import io
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

from docker import APIClient

from gitpod_sync.engines.docker.connecting.connection import engine_errors
from gitpod_sync.engines.docker.files.path_stat import stat_path
from gitpod_sync.errors import EngineError
from gitpod_sync.model.pods.host_path import CREATED, HostPath, HostPathType, PathKind, refuse_path
from gitpod_sync.operations.operations import CheckPath

_PLACE = "/look"
_FILE_MODE = 0o644
_MISSING = "bind source path does not exist"

_KINDS = (
    (1 << 31, PathKind.DIRECTORY),
    (1 << 21, PathKind.CHAR_DEVICE),
    (1 << 26, PathKind.BLOCK_DEVICE),
    (1 << 24, PathKind.SOCKET),
    (1 << 25 | 1 << 19, PathKind.OTHER),
)
"""Bits of Go's FileMode, in which the engine tells of files. A character device has the bit of a device as well."""


def check_path(client: APIClient, operation: CheckPath, name: str, labels: Mapping[str, str]) -> None:
    """Raises `EngineError` in the kubelet's words when the path is not what it has to be."""
    looker = _Looker(client, operation.image, name, labels)
    found = looker.look(operation.path)
    if found is None and operation.path.type in CREATED:
        found = looker.make(operation.path)
    refusal = refuse_path(operation.path, found)
    if refusal:
        raise EngineError(refusal)


class _Looker:
    """Containers that are made to look, one at a time."""

    def __init__(self, client: APIClient, image: str, name: str, labels: Mapping[str, str]) -> None:
        self._client = client
        self._body: dict[str, Any] = {"Image": image, "Labels": dict(labels)}
        self._name = name

    def look(self, path: HostPath) -> PathKind | None:
        """The kind of the thing at the path; None when nothing is there."""
        try:
            with engine_errors(), self._mounting({"Mounts": [_mount(path.path)]}) as container:
                return self._kind(container)
        except EngineError as error:
            if _MISSING in error.message:
                return None
            raise

    def make(self, path: HostPath) -> PathKind | None:
        """Make what is missing: a folder with those above it, or a file in a folder that is there."""
        if path.type is HostPathType.DIRECTORY_OR_CREATE:
            # The engine makes a missing source of a `Binds` entry as a folder with mode 0755.
            with self._mounting({"Binds": [f"{path.path}:{_PLACE}"]}) as container:
                return self._kind(container)
        parent = PurePosixPath(path.path).parent
        try:
            with engine_errors(), self._mounting({"Mounts": [_mount(str(parent), read_only=False)]}) as container:
                self._client.put_archive(container, _PLACE, _empty_file(PurePosixPath(path.path).name))
        except EngineError as error:
            if _MISSING in error.message:
                raise EngineError(f"open {path.path}: no such file or directory") from error
            raise
        return PathKind.FILE

    def _kind(self, container: str) -> PathKind:
        found = stat_path(self._client, container, _PLACE)
        mode = found["mode"] if found else 0
        return next((kind for bits, kind in _KINDS if mode & bits), PathKind.FILE)

    @contextmanager
    def _mounting(self, mounts: Mapping[str, object]) -> Iterator[str]:
        body = {**self._body, "HostConfig": {"NetworkMode": "none", **mounts}}
        create: Callable[[Mapping[str, object], str], Mapping[str, str]] = self._client.create_container_from_config
        made = create(body, self._name)["Id"]
        try:
            yield made
        finally:
            self._client.remove_container(made, force=True, v=True)


def _mount(source: str, *, read_only: bool = True) -> dict[str, object]:
    return {"Type": "bind", "Source": source, "Target": _PLACE, "ReadOnly": read_only}


def _empty_file(name: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.mode, entry.mtime = _FILE_MODE, int(time.time())
        archive.addfile(entry)
    return buffer.getvalue()
