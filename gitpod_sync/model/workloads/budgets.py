"""PodDisruptionBudget: how many pods may be taken away at a time for a cause that can wait.

Source of the meanings and defaults: Kubernetes, "Specifying a Disruption Budget for your Application", policy/v1.
"""

from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector

BUDGET_KIND = "PodDisruptionBudget"


class UnhealthyPodEviction(StrEnum):
    """Whether pods that are not ready may go: while the budget is kept, or whatever it says."""

    IF_HEALTHY_BUDGET = "IfHealthyBudget"
    ALWAYS_ALLOW = "AlwaysAllow"


@dataclass(frozen=True, slots=True)
class BudgetSpec:
    """How many pods stay, or how many may be missing: one of the two; percentages round up.

    No selector selects no pod, an empty one every pod of the namespace.
    """

    min_available: IntOrPercent | None = None
    max_unavailable: IntOrPercent | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: UnhealthyPodEviction = UnhealthyPodEviction.IF_HEALTHY_BUDGET


@dataclass(frozen=True, slots=True)
class PodDisruptionBudget:
    """A promise about pods, whoever owns them."""

    metadata: ObjectMeta
    spec: BudgetSpec = BudgetSpec()

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key(BUDGET_KIND, self.metadata.namespace, self.metadata.name)
