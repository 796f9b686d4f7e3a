"""The counts of a PodDisruptionBudget: how many of its pods are healthy, must be, and may go.

Source of the rules: Kubernetes, pkg/controller/disruption. A count of pods that stay is taken as it is written; what
may be missing, and every percentage, is counted from what the pods' controllers ask for, so that pods that are not
there yet are missed all the same. Percentages round up.

A worked example: a Deployment of 7, all ready. minAvailable 30 % wants 3 healthy, so that 4 may go; maxUnavailable 30 %
lets 3 be missing, so that 4 must be healthy and 3 may go. With one of them not ready it is 3 and 2.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.workloads.budgets import BudgetSpec


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """Counts under Kubernetes' names. `failed`: why it is unknown how many pods may go; then none may."""

    current_healthy: int
    desired_healthy: int
    expected_pods: int
    failed: str = ""

    @property
    def disruptions_allowed(self) -> int:
        """How many healthy pods may go now."""
        if self.failed or self.expected_pods <= 0:
            return 0
        return max(0, self.current_healthy - self.desired_healthy)


def compute_budget_status(
    spec: BudgetSpec, pods: Collection[PodState], coming: int, scales: Mapping[Key, int], going: Collection[str] = ()
) -> BudgetStatus:
    """Count the pods that a budget selects and that have not come to their end.

    `coming` is the number of selected pods that are not made yet. `scales` has, as far as it is known, how many pods
    each controller asks for; `going` are UIDs of pods whose end is decided: they are as little healthy as pods being
    ended.
    """
    healthy = sum(state.ready and not state.pod.ending and state.pod.identity.uid not in going for state in pods)
    counted = spec.min_available if spec.max_unavailable is None else spec.max_unavailable
    if counted is None:
        return BudgetStatus(healthy, 0, 0)
    if spec.max_unavailable is None and not counted.percent:
        return BudgetStatus(healthy, counted.value, len(pods) + coming)
    owners = {state.pod.owner for state in pods} - {state.pod.owner for state in pods if _is_bare(state)}
    unknown = sorted(owner for owner in owners if owner not in scales)
    if unknown:
        return BudgetStatus(
            healthy, 0, 0, f"{_named(unknown)} cannot be scaled: only a minAvailable that is a count fits"
        )
    expected = sum(scales[owner] for owner in owners)
    share = counted.of(expected, round_up=True)
    return BudgetStatus(healthy, share if spec.max_unavailable is None else max(0, expected - share), expected)


def _is_bare(state: PodState) -> bool:
    """Whether no controller states a number of replicas for it (Kubernetes: unmanaged pods, which are passed over)."""
    return state.pod.owner.kind == "Pod"


def _named(keys: Iterable[Key]) -> str:
    return ", ".join(map(str, keys))
