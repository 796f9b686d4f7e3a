"""Disruptions: why a pod goes through no fault of its own, for as long as it is on its way out.

Source of the words: Kubernetes, "Disruptions", pod disruption conditions.
"""

from dataclasses import dataclass
from enum import StrEnum


class DisruptionReason(StrEnum):
    """The cause of a disruption: a person who drains the node, a pod of a higher priority, a taint of the node."""

    EVICTION = "EvictionByEvictionAPI"
    PREEMPTION = "PreemptionByScheduler"
    TAINT = "DeletionByTaintManager"


MESSAGES = {
    DisruptionReason.EVICTION: "Eviction API: evicting",
    DisruptionReason.PREEMPTION: "default-scheduler: preempting to accommodate a higher priority pod",
    DisruptionReason.TAINT: "Taint manager: deleting due to NoExecute taint",
}
"""Kubernetes' own, which people search for."""


@dataclass(frozen=True, slots=True)
class Disrupted:
    """A disruption of a pod, and when it was decided, in seconds since the epoch."""

    reason: DisruptionReason
    since: float

    @property
    def message(self) -> str:
        """In words."""
        return MESSAGES[self.reason]
