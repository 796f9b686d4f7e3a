"""How much memory and disk a machine has left: read from its kernel, here or through a sandbox that runs on it.

Source of the rules: Kubernetes, "Node-pressure Eviction", eviction signals: available memory is what is not in the
working set of all processes together, so free memory and what of the file cache was not used lately, here by
/proc/meminfo, which says the same with both versions of cgroups and in every container.
"""

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docker import APIClient

from gitpod_sync.engines.docker.files.executing import read_by_orders
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base.instance import SANDBOX_IMAGE, Instance
from gitpod_sync.model.base.labels import INSTANCE
from gitpod_sync.model.records.pressure import Level, Signal

MEMORY = Path("/proc/meminfo")

_OF_ENGINE = "/etc/hostname"
"""The engine keeps this file of every container beside its volumes, and mounts it from there."""

_OF_IMAGES = "/"
_STATFS = struct.Struct("<8xq3Q2Q16xq40x")
"""Of the kernel's struct statfs on 64 bits: the size of a block if there is no other, blocks, free ones, those that
are left for everybody; files, free ones; the size that blocks are counted in."""


@dataclass(frozen=True, slots=True)
class FileSystem:
    """In bytes and inodes; `inodes` is 0 where they are not counted."""

    size: int
    available: int
    inodes: int
    inodes_free: int


def read_file_system(path: Path) -> FileSystem:
    """The file system that the path lies on. Raises `OSError`."""
    found = os.statvfs(path)
    unit = found.f_frsize
    return FileSystem(found.f_blocks * unit, found.f_bavail * unit, found.f_files, found.f_ffree)


def read_memory(path: Path = MEMORY) -> Level | None:
    """Memory as /proc/meminfo has it; None where there is no such file."""
    try:
        return _memory_of(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def compute_levels(memory: Level | None, engine: FileSystem, images: FileSystem) -> dict[Signal, Level]:
    """The signals: `engine` holds containers, logs and volumes."""
    levels = {
        Signal.NODEFS_AVAILABLE: Level(engine.available, engine.size),
        Signal.IMAGEFS_AVAILABLE: Level(images.available, images.size),
    }
    if memory:
        levels[Signal.MEMORY_AVAILABLE] = memory
    if engine.inodes:  # some file systems do not count them
        levels[Signal.NODEFS_INODES_FREE] = Level(engine.inodes_free, engine.inodes)
    return levels


def read_through_sandbox(client: APIClient, instance: Instance) -> Mapping[Signal, Level] | None:
    """Levels of the machine as a sandbox of the instance sees them; None when none runs. Raises `EngineError`."""
    filters = {"label": f"{INSTANCE}={instance.name}", "ancestor": SANDBOX_IMAGE, "status": "running"}
    running = client.containers(filters=filters, limit=1)
    if not running:
        return None
    orders = ("free", _OF_ENGINE, "free", _OF_IMAGES, "print", str(MEMORY))
    return levels_of_output(read_by_orders(client, running[0]["Id"], orders))


def levels_of_output(output: bytes) -> Mapping[Signal, Level]:
    """The signals from what the sandbox's program has written. Raises `EngineError` when that is cut short."""
    if len(output) < 2 * _STATFS.size:
        raise EngineError(f"{len(output)} bytes do not tell of two file systems")
    engine, images = (_file_system_of(output, number * _STATFS.size) for number in range(2))
    return compute_levels(_memory_of(output[2 * _STATFS.size :].decode("ascii")), engine, images)


def _file_system_of(output: bytes, offset: int) -> FileSystem:
    block, blocks, _, available, inodes, inodes_free, fragment = _STATFS.unpack_from(output, offset)
    unit = fragment or block
    return FileSystem(blocks * unit, available * unit, inodes, inodes_free)


def _memory_of(meminfo: str) -> Level | None:
    lines = (line.partition(":") for line in meminfo.splitlines())
    sizes = {name: int(rest.split()[0]) * 1024 for name, _, rest in lines if rest}
    if not {"MemTotal", "MemFree", "Inactive(file)"} <= sizes.keys():
        return None
    return Level(sizes["MemFree"] + sizes["Inactive(file)"], sizes["MemTotal"])
