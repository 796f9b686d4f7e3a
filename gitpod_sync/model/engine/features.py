"""Features of engines, which differ by kind and version; a plan asks for the feature, never for either."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Feature(StrEnum):
    """A capability that not every engine offers."""

    IMAGE_VOLUMES = "image volumes"
    """Images as volumes (Kubernetes: volumes.image)."""
    RECURSIVE_READ_ONLY = "recursive read-only mounts"
    """What is mounted below a read-only mount is read-only as well, whatever its own mount says."""


_NEWER = dict.fromkeys(Feature, "a newer engine")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFeatures:
    """The capabilities that the engine of one node offers its containers."""

    runtime: str = ""
    """The engine's name as the scheme of container ids (Kubernetes: ContainerStatus.containerID); "" is not known."""
    lacks: Mapping[Feature, str] = field(default_factory=lambda: _NEWER)
    """The features that it does not offer, each with what they would need, for people: `Docker Engine 28`."""
    app_armor: bool = False
    """It confines containers by AppArmor profiles."""
    se_linux: bool = False
    """It labels containers for SELinux."""
    log_driver: str = ""
    """What becomes of a log of which nothing is said, in the engine's words."""


NO_FEATURES = EngineFeatures()
"""Of an engine that has not been asked."""
