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


@dataclass(frozen=True, slots=True)
class SpreadConstraint:
    """At most `max_skew` more of the selected pods in one domain than in the one with the fewest.

    With fewer than `min_domains` domains the fewest counts as 0. Without a selector no pods are meant.
    """

    max_skew: int
    topology_key: str
    when_unsatisfiable: WhenUnsatisfiable
    label_selector: LabelSelector | None = None
    match_label_keys: tuple[str, ...] = ()
    min_domains: int = 1
    node_affinity_policy: InclusionPolicy = InclusionPolicy.HONOR
    node_taints_policy: InclusionPolicy = InclusionPolicy.IGNORE
