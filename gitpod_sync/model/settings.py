"""The part of a configuration that concerns every pod and workload, beside their own fields."""

from dataclasses import dataclass, field

from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.records.pressure import DEFAULT_EVICTION, EvictionSettings
from gitpod_sync.model.workloads.rollouts import OnFailure


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Rotation of container logs: `max_files` files of `max_size` bytes; a `max_size` of 0 leaves it to the engine.

    Source of the meaning and the defaults: Kubernetes, "Logging Architecture", log rotation (containerLogMaxSize and
    containerLogMaxFiles).
    """

    max_size: int = 10 * 1024**2
    max_files: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings for every pod and workload; the defaults are those of a new user."""

    pids_limit: int = 0
    """Most processes and threads of a container; 0: any number.

    Source of the meaning: Kubernetes, "Process ID Limits And Reservations" (podPidsLimit, there of a whole pod).
    """
    image_poll: float = 0.0
    """Seconds between two looks at what the tags of images with the pull policy Always name; 0: never."""
    logs: LogSettings = LogSettings()
    """Size and number of the log files of a container."""
    eviction: EvictionSettings = DEFAULT_EVICTION
    """From where on the node is short of something, and what follows."""
    node: NodeSettings = field(default_factory=NodeSettings)
    """What the configuration says of the node: its labels, taints and devices, and what is kept from pods."""
    on_failure: OnFailure = OnFailure.HOLD
    """What follows a failed rollout, for workloads that do not say it themselves."""


DEFAULT_SETTINGS = Settings()
