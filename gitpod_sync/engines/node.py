"""Questions to the machine that an engine runs on. Nothing here writes.

The loop looks at the machine from a thread of its own, a person by `get nodes`. Everything raises the `EngineError`
family only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gitpod_sync.model.records.pressure import Level, Signal, StoredImage


@dataclass(frozen=True, slots=True)
class NodeLevels:
    """How much is left. Signals that cannot be had are not in `levels`, and `unwatched` says why in one line."""

    levels: Mapping[Signal, Level] = field(default_factory=dict)
    unwatched: str = ""


@dataclass(frozen=True, slots=True)
class StorageUse:
    """Bytes on the node's disk: by container id what it has written and its log, by name what lies in a volume."""

    containers: Mapping[str, int] = field(default_factory=dict)
    volumes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContainerUse:
    """A container's working set in bytes, and the nanoseconds of CPU that it has had since its start.

    `at` is the engine's time of the count, in seconds since the epoch: only good to be held against another one.
    """

    memory: int
    cpu: int
    at: float


@dataclass(frozen=True, slots=True)
class NodeAbout:
    """Software of the machine, for people: `runtime` is the engine with its version, as ``docker://20.10.24``."""

    runtime: str = ""
    kernel: str = ""
    os_image: str = ""
    operating_system: str = ""
    architecture: str = ""


class NodeReader(Protocol):
    """A node that can be looked at. May be called from several threads at once."""

    def read_about(self) -> NodeAbout:
        """Versions of the machine's software."""
        ...

    def read_levels(self) -> NodeLevels:
        """How much is left of memory and disk. It costs about nothing, so that it can be asked again and again."""
        ...

    def read_uses(self, containers: Sequence[str]) -> Mapping[str, ContainerUse]:
        """Use of these containers by id; containers that do not run are left out."""
        ...

    def read_storage_use(self, containers: Sequence[str], volumes: Sequence[str]) -> StorageUse:
        """Use of the disk by these containers and volumes. It may take seconds."""
        ...

    def read_stored_images(self) -> tuple[StoredImage, ...]:
        """All images, unused ones included."""
        ...
