"""What a node tells of itself and its pods: all that is decided from, and nothing of how its engine shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.engine.pods import Bearer, PodIdentity
from gitpod_sync.model.records.pressure import Pressure
from gitpod_sync.plan.backlog import Backlog


@dataclass(frozen=True, slots=True)
class PresentClaim:
    """A volume that is a claim's. `goes_with_claim`: the claim said so when the volume was made."""

    volume: str
    claim: Key
    goes_with_claim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """One node, as `look` sees it."""

    machine: ObservedNode
    """The node itself."""
    pods: tuple[PodState, ...]
    """All pods that are there, on their way there, or remembered, in their order."""
    unread: tuple[Bearer, ...]
    """Pods that are there and cannot be read."""
    orphans: Mapping[Key, frozenset[str]]
    """By workload: the names of pods that are gone but for containers that run on."""
    claims: tuple[PresentClaim, ...]
    """Volumes that are claims."""
    mounted: frozenset[str]
    """Volumes that containers have, by name; empty while no claim is for one pod at a time."""
    backlog: Backlog
    """What must not be begun now."""
    starting: tuple[PodIdentity, ...]
    """Pods whose first operations are under way and not observed yet."""
    takes_pods: bool
    """Whether what pods need (a network, the image of sandboxes) is there, or can be had in this pass."""
    is_used: bool
    """Whether anything of ours is there."""
    pressure: Pressure
    """How the node stands after the last look at it."""
    brought: frozenset[str]
    """References of the images that were pulled by us and were not there before."""
