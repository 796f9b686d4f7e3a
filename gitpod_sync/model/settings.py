"""What a configuration decides about every pod and workload, beside what they themselves say."""

from dataclasses import dataclass, field

from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.records.pressure import DEFAULT_EVICTION, EvictionSettings
from gitpod_sync.model.workloads.rollouts import OnFailure


@dataclass(frozen=True, slots=True)
class LogSettings:
    """So many files of so many bytes are kept of each container's log; a `max_size` of 0 leaves it to the engine.

    Source of the meaning and the defaults: Kubernetes, "Logging Architecture", log rotation (containerLogMaxSize and
    containerLogMaxFiles).
    """

    max_size: int = 10 * 1024**2
    max_files: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """The defaults are those of a new user. `pids_limit`: how many processes and threads a container may have; 0: any.

    Source of the meaning: Kubernetes, "Process ID Limits And Reservations" (podPidsLimit, there of a whole pod).

    `image_poll`: seconds between two looks at what the tags of images with the pull policy Always name; 0: never.
    `eviction`: from where on the node is short of something, and what follows.
    `on_failure` is for workloads that do not say it themselves.
    """

    pids_limit: int = 0
    image_poll: float = 0.0
    logs: LogSettings = LogSettings()
    eviction: EvictionSettings = DEFAULT_EVICTION
    node: NodeSettings = field(default_factory=NodeSettings)
    on_failure: OnFailure = OnFailure.HOLD


DEFAULT_SETTINGS = Settings()
