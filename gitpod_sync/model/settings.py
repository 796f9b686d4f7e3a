"""What a configuration decides about every pod, beside what the pods themselves say."""

from dataclasses import dataclass, field

from gitpod_sync.model.node import NodeSettings
from gitpod_sync.model.pressure import DEFAULT_EVICTION, EvictionSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """The defaults are those of a new user. `pids_limit`: how many processes and threads a container may have; 0: any.

    Source of the meaning: Kubernetes, "Process ID Limits And Reservations" (podPidsLimit, there of a whole pod).

    `image_poll`: seconds between two looks at what the tags of images with the pull policy Always name; 0: never.
    `eviction`: from where on the node is short of something, and what follows.
    """

    pids_limit: int = 0
    image_poll: float = 0.0
    eviction: EvictionSettings = DEFAULT_EVICTION
    node: NodeSettings = field(default_factory=NodeSettings)


DEFAULT_SETTINGS = Settings()
