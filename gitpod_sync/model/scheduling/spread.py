"""How evenly pods are to be spread over the domains of a topology.

Source of the rules: Kubernetes, "Pod Topology Spread Constraints".
"""

from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.selector import LabelSelector


class WhenUnsatisfiable(StrEnum):
    """Whether a pod that would make the skew too large waits, or only prefers another place."""

    DO_NOT_SCHEDULE = "DoNotSchedule"
    SCHEDULE_ANYWAY = "ScheduleAnyway"


class InclusionPolicy(StrEnum):
    """Whether nodes that the pod cannot go to count as domains."""

    HONOR = "Honor"
    IGNORE = "Ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadConstraint:
    """How evenly pods are to be spread over domains (Kubernetes: TopologySpreadConstraint)."""

    max_skew: int
    """How many more of the pods a domain may have than the domain with the fewest."""
    topology_key: str
    """A label of nodes: two nodes with one value of it are one domain."""
    when_unsatisfiable: WhenUnsatisfiable
    """Whether the pod waits, or comes all the same."""
    label_selector: LabelSelector | None = None
    """Which pods are counted, in the pod's own namespace; None: none."""
    match_label_keys: tuple[str, ...] = ()
    """Labels whose values have to be the same as the pod's for a pod to be counted."""
    min_domains: int = 1
    """With fewer domains than this the fewest counts as 0."""
    node_affinity_policy: InclusionPolicy = InclusionPolicy.HONOR
    """Whether nodes are counted that the pod's node selector and affinity rule out."""
    node_taints_policy: InclusionPolicy = InclusionPolicy.IGNORE
    """Whether nodes are counted whose taints the pod does not tolerate."""
