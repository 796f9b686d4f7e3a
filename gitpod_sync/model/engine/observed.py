"""What an engine holds under one instance's labels, read once a pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    working_dir: str = ""
    user: str = ""
    digests: tuple[str, ...] = ()
    """What registries call it, as `name@sha256:…`; none for an image that was made here."""


@dataclass(frozen=True, slots=True)
class ObservedContainer:
    """A container as inspected. Times are seconds since the epoch.

    `config` is what the container really has, the image's share included; `image` says what that share is (None when
    the image is gone). `networks` maps the networks it is attached to onto its addresses there ("" when stopped).
    """

    id: str
    name: str
    config: ContainerConfig
    status: ContainerStatus
    image: ImageInfo | None = None
    created_at: float = 0.0
    started_at: float | None = None
    finished_at: float | None = None
    exit_code: int = 0
    oom_killed: bool = False
    stop_signal: str = "SIGTERM"
    error: str = ""
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> Mapping[str, str]:
        """The container's labels."""
        return self.config.labels

    @property
    def start_failed(self) -> bool:
        """Its program could not be run (Kubernetes: StartError): it was never started, and another try is in vain."""
        return self.status is ContainerStatus.CREATED and self.exit_code in _NO_PROGRAM

    @property
    def alive(self) -> bool:
        """It has a process: running, or paused in the middle of it."""
        return self.status in {ContainerStatus.RUNNING, ContainerStatus.PAUSED, ContainerStatus.RESTARTING}


@dataclass(frozen=True, slots=True)
class ObservedVolume:
    """A volume that carries the instance's label."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)


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
    cpus: int = 0
    """0 when it is not known, as for the sizes below."""
    memory: int = 0
    """In bytes."""
    os: str = "linux"
    """In Go's words, as the architecture."""
    architecture: str = ""
    storage: int = 0
    """Bytes of the disk that pods' own files are on."""
    features: EngineFeatures = NO_FEATURES


@dataclass(frozen=True, slots=True)
class Observed:
    """One snapshot. Containers, volumes and networks are sorted by name.

    `network` is the instance's own, `stray_networks` are others under its label.
    `images` answers for every image reference that was asked about; None means that it is not on the engine.
    """

    containers: tuple[ObservedContainer, ...] = ()
    volumes: tuple[ObservedVolume, ...] = ()
    network: ObservedNetwork | None = None
    stray_networks: tuple[ObservedNetwork, ...] = ()
    node: ObservedNode = ObservedNode()
    images: Mapping[str, ImageInfo | None] = field(default_factory=dict)

    @property
    def began_at(self) -> float | None:
        """Since when the instance has had things on the node without a gap: the oldest of what its pods stand on."""
        made = [self.network.created_at] if self.network else []
        made += [each.created_at for each in self.containers]
        return min((at for at in made if at), default=None)
