"""The machine that the engine runs on: how much of it is left, and what containers and volumes use of it.

No engine tells what is left. It is read from this machine when that is the engine's own, else through one of the
instance's sandboxes, which runs there.
"""

import platform
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.utils import version_gte

from gitpod_sync.engines.docker.connecting.connection import Connection, engine_errors
from gitpod_sync.engines.docker.observing.disk import log_size, tree_size
from gitpod_sync.engines.docker.observing.levels import (
    MEMORY,
    compute_levels,
    read_file_system,
    read_memory,
    read_through_sandbox,
)
from gitpod_sync.engines.docker.observing.usage import read_use
from gitpod_sync.engines.node import ContainerUse, NodeAbout, NodeLevels, StorageUse
from gitpod_sync.errors import EngineNotFound
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.pods.image import normalized_reference
from gitpod_sync.model.records.pressure import Signal, StoredImage

_CONTAINERD = Path("/var/lib/containerd")
_ONE_SHOT = "1.41"
_PARALLEL = 4
_CHUNK = 50
"""Ids in one call: they are a part of its URL."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the engine keeps what it has, on this machine; `elsewhere` says why it is not."""

    root: Path = Path()
    images: Path = Path()
    elsewhere: str = ""


class DockerNode:
    """See `engines.node.NodeReader`."""

    def __init__(self, connection: Connection, instance: Instance) -> None:
        self._connection = connection
        self._instance = instance
        self._lock = threading.Lock()
        self._place: _Place | None = None

    def read_about(self) -> NodeAbout:
        """The engine's version and machine, in one call."""
        with engine_errors():
            info = self._connection.client.info()
        return NodeAbout(
            f"docker://{info.get('ServerVersion') or ''}",
            info.get("KernelVersion") or "",
            info.get("OperatingSystem") or "",
            info.get("OSType") or "",
            info.get("Architecture") or "",
        )

    def read_levels(self) -> NodeLevels:
        """A file of the kernel's and two calls; the engine is asked once where it lives.

        For an engine elsewhere a sandbox there is asked, which takes the engine some tens of milliseconds.
        """
        place = self._find_place()
        if place.elsewhere:
            return self._read_levels_there(place.elsewhere)
        memory = read_memory()
        try:
            engine, images = read_file_system(place.root), read_file_system(place.images)
        except OSError as error:
            levels = {Signal.MEMORY_AVAILABLE: memory} if memory else {}
            return NodeLevels(levels, f"the engine's folder cannot be looked at: {error}")
        return NodeLevels(compute_levels(memory, engine, images))

    def read_uses(self, containers: Sequence[str]) -> Mapping[str, ContainerUse]:
        """Use of CPU and memory, in one call for each container, side by side."""
        with ThreadPoolExecutor(_PARALLEL) as pool:
            found = zip(containers, pool.map(self._use, containers), strict=True)
            return {container: use for container, use in found if use is not None}

    def read_storage_use(self, containers: Sequence[str], volumes: Sequence[str]) -> StorageUse:
        """Use of the disk: written layers as the engine measures them, logs and volumes as they lie here."""
        place = self._find_place()
        written = self._written(containers)
        if not place.elsewhere:
            written = {each: size + log_size(place.root, each) for each, size in written.items()}
        sizes = {each: None if place.elsewhere else tree_size(place.root / "volumes" / each) for each in volumes}
        found = {name: size for name, size in sizes.items() if size is not None}
        return StorageUse(written, found if len(found) == len(volumes) else found | self._volumes(set(volumes)))

    def read_stored_images(self) -> tuple[StoredImage, ...]:
        """Containers of others use images, too."""
        with engine_errors():
            client = self._connection.client
            used = {each["ImageID"] for each in client.containers(all=True)}
            images = client.images()
        found = (StoredImage(_references(each), each["Id"] in used) for each in images)
        return tuple(sorted(found, key=lambda image: image.references))

    def _find_place(self) -> _Place:
        with self._lock:
            if self._place is None:
                with engine_errors():
                    self._place = find_place(self._connection.client.info(), self._connection.address)
            return self._place

    def _read_levels_there(self, elsewhere: str) -> NodeLevels:
        if self._connection.read_only:
            return NodeLevels(unwatched=f"{elsewhere}: only the daemon looks at it, through a pod's sandbox")
        with engine_errors():
            levels = read_through_sandbox(self._connection.client, self._instance)
        if levels is None:
            return NodeLevels(unwatched=f"{elsewhere}, and no pod runs there through which it could be looked at")
        return NodeLevels(levels)

    def _use(self, container: str) -> ContainerUse | None:
        client = self._connection.client
        quick = {"one_shot": True} if version_gte(client.api_version, _ONE_SHOT) else {}
        try:
            with engine_errors():
                return read_use(client.stats(container, stream=False, **quick))
        except EngineNotFound:
            return None

    def _written(self, containers: Sequence[str]) -> dict[str, int]:
        found = {}
        for start in range(0, len(containers), _CHUNK):
            chosen = {"id": list(containers[start : start + _CHUNK])}
            with engine_errors():
                listed = self._connection.client.containers(all=True, size=True, filters=chosen)
            found.update({each["Id"]: each.get("SizeRw") or 0 for each in listed})
        return found

    def _volumes(self, names: set[str]) -> dict[str, int]:
        """Sizes of volumes as the engine counts them, which goes through everything that it has."""
        with engine_errors():
            volumes = self._connection.client.df().get("Volumes") or ()
        sizes = {
            each["Name"]: (each.get("UsageData") or {}).get("Size", -1) for each in volumes if each["Name"] in names
        }
        return {name: size for name, size in sizes.items() if size >= 0}


def find_place(info: Mapping[str, Any], address: str, memory: Path = MEMORY) -> _Place:
    """Whether the engine that gave this answer to `GET /info` runs on this very machine, and where its things are.

    A socket may lead into a virtual machine: the kernel and the amount of memory tell, also from within a container.
    """
    if address and "unix://" not in address:
        return _Place(elsewhere=f"the engine is at {address}")
    own = read_memory(memory)
    same = own and own.capacity == info.get("MemTotal") and platform.release() == info.get("KernelVersion")
    root = Path(info.get("DockerRootDir") or "")
    if not same:
        return _Place(elsewhere="the engine's socket leads into another machine")
    if not root.is_absolute() or not root.is_dir():
        return _Place(elsewhere=f"the engine's folder {root} cannot be seen from here")
    stores = dict(info.get("DriverStatus") or ())
    snapshots = str(stores.get("driver-type", "")).startswith("io.containerd.")
    return _Place(root, _CONTAINERD if snapshots and _CONTAINERD.is_dir() else root)


def _references(listed: Mapping[str, Any]) -> tuple[str, ...]:
    tags = [each for each in listed.get("RepoTags") or () if "<none>" not in each]
    digests = [each for each in listed.get("RepoDigests") or () if "<none>" not in each]
    return tuple(sorted(normalized_reference(each) for each in (*tags, *digests)))
