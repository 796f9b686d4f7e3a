"""The things that an engine holds under one instance's labels, read once a pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.base.labels import INSTANCE_OWNER
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.features import NO_FEATURES, EngineFeatures


class ContainerStatus(StrEnum):
    """The engine's own word for a container's state."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    RESTARTING = "restarting"
    REMOVING = "removing"
    EXITED = "exited"
    DEAD = "dead"


_NO_PROGRAM = {126, 127}
"""Exit codes of a program that cannot be executed or is not there, as shells and engines give them."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """An image on the engine, and what its containers inherit when nothing else is said."""

    id: str
    """The engine's digest of it: equal content has an equal id."""
    entrypoint: tuple[str, ...] = ()
    """ENTRYPOINT."""
    command: tuple[str, ...] = ()
    """CMD."""
    env: Mapping[str, str] = field(default_factory=dict)
    """ENV, by name."""
    working_dir: str = ""
    """WORKDIR; "": the root."""
    user: str = ""
    """USER; "": root."""
    digests: tuple[str, ...] = ()
    """What registries call it, as `name@sha256:…`; none for an image that was made here."""


@dataclass(frozen=True, slots=True)
class ObservedContainer:
    """A container as inspected. Times are seconds since the epoch; None: it has not happened."""

    id: str
    """The engine's; another container of the same name has another."""
    name: str
    """Unique on the engine."""
    config: ContainerConfig
    """What the container really has, the image's share included."""
    status: ContainerStatus
    """The engine's word for where it stands in its life."""
    image: ImageInfo | None = None
    """What of `config` may be the image's share; None when the image is gone."""
    created_at: float = 0.0
    """When it was made."""
    started_at: float | None = None
    """When it was last started."""
    finished_at: float | None = None
    """When it last ended."""
    exit_code: int = 0
    """Of its last end; 128 + N for signal N. 0 while there was none."""
    oom_killed: bool = False
    """Whether the kernel ended it for want of memory."""
    stop_signal: str = "SIGTERM"
    """The signal that a stop sends to it."""
    error: str = ""
    """The engine's message about its last start; "" when that went well."""
    networks: Mapping[str, str] = field(default_factory=dict)
    """The networks it is attached to, with its addresses there ("" when stopped)."""

    @property
    def labels(self) -> Mapping[str, str]:
        """The container's labels."""
        return self.config.labels

    @property
    def start_failed(self) -> bool:
        """Whether its program could not be run (Kubernetes: StartError): never started, and another try is in vain."""
        return self.status is ContainerStatus.CREATED and self.exit_code in _NO_PROGRAM

    @property
    def alive(self) -> bool:
        """Whether it has a process: running, or paused in the middle of it."""
        return self.status in {ContainerStatus.RUNNING, ContainerStatus.PAUSED, ContainerStatus.RESTARTING}


@dataclass(frozen=True, slots=True)
class ObservedVolume:
    """A volume that carries the instance's label.

    `created_at` is in seconds since the epoch, None when that is not known. Of a volume that is written into engines
    may tell a later time.
    """

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    created_at: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ObservedNetwork:
    """A network that carries the instance's label. Names are not unique, ids are.

    `subnet` is in CIDR notation, `gateway` the node's own address on it. It was made at `created_at` (seconds since the
    epoch, None when that is not known).
    """

    name: str
    subnet: str = ""
    id: str = ""
    gateway: str = ""
    created_at: float | None = None


@dataclass(frozen=True, slots=True)
class ObservedNode:
    """The machine that the engine runs on, and what that engine can do."""

    name: str = ""
    """Its host name."""
    cpus: int = 0
    """0 when it is not known, as for the sizes below."""
    memory: int = 0
    """In bytes."""
    os: str = "linux"
    """In Go's words, as the architecture."""
    architecture: str = ""
    """Empty when it is not known."""
    storage: int = 0
    """Bytes of the disk that pods' own files are on."""
    features: EngineFeatures = NO_FEATURES
    """What not every engine, or not every version of it, can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One snapshot of one engine, under one instance's labels."""

    containers: tuple[ObservedContainer, ...] = ()
    """Sorted by name, running or not."""
    volumes: tuple[ObservedVolume, ...] = ()
    """Sorted by name."""
    network: ObservedNetwork | None = None
    """The instance's own; None while it is not made."""
    stray_networks: tuple[ObservedNetwork, ...] = ()
    """Others under its label, sorted by name."""
    node: ObservedNode = ObservedNode()
    """The machine under the engine."""
    images: Mapping[str, ImageInfo | None] = field(default_factory=dict)
    """Every image that was asked about, by reference; None: not on the engine."""

    @property
    def began_at(self) -> float | None:
        """Since when the instance is on the node: as old as what its pods stand on, and as the mark of its owner."""
        made = [self.network.created_at] if self.network else []
        made += [each.created_at for each in self.containers]
        made += [each.created_at for each in self.volumes if INSTANCE_OWNER in each.labels]
        return min((at for at in made if at), default=None)
