"""The PodDisruptionBudgets of a plan, as a ledger: which pods may go, while one after the other is let go.

Source of the rules: Kubernetes, the eviction subresource of pods (pkg/registry/core/pod/storage): a pod that has not
begun is let go; one that is not ready as its budget says; any other uses the budget up by one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gitpod_sync.controllers.crowds import count_asked
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod.pod_state import Phase, PodState, is_over
from gitpod_sync.controllers.shared.budgets import BudgetStatus, compute_budget_status
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.kinds import Role, kinds_with
from gitpod_sync.model.workloads.budgets import PodDisruptionBudget, UnhealthyPodEviction
from gitpod_sync.plan.doors import Door, Doors, of_object, open_doors
from gitpod_sync.plan.scheduling.pod_info import PodInfo

VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget."
MORE_THAN_ONE = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."

_SCALABLE = frozenset(kinds_with(Role.SCALABLE))


@dataclass(frozen=True, slots=True)
class HeldBudget:
    """A budget with its counts."""

    budget: PodDisruptionBudget
    status: BudgetStatus


class Ledger:
    """Lives no longer than one plan. Looks at nothing while there is no budget."""

    def __init__(
        self,
        states: Sequence[PodState],
        decisions: Sequence[Decision],
        desired: Desired,
        going: Collection[str] = (),
        doors: Doors | None = None,
    ) -> None:
        """`going` are the UIDs of pods that go for another reason: they are healthy no more."""
        budgets = [each for each in desired.configs.values() if isinstance(each, PodDisruptionBudget)]
        self._budgets: list[HeldBudget] = []
        self._of_pod: dict[str, list[int]] = defaultdict(list)
        self._states: Mapping[str, PodState] = {}
        self._taken: Counter[int] = Counter()
        """By number of the budget: healthy pods that were let go in this plan."""
        if not budgets:
            return
        self._states = {state.pod.identity.uid: state for state in states}
        scales = {each.workload: each.status.desired for each in decisions if each.workload.kind in _SCALABLE}
        for budget in budgets:
            (doors or open_doors()).go(
                Door.LOOK,
                of_object(budget.key),
                partial(self._open, budget, decisions, scales, going),
                partial(self._keep_all, budget),
            )

    @property
    def budgets(self) -> tuple[HeldBudget, ...]:
        """All of them, by namespace and name, with what they come to before anything is let go."""
        return tuple(self._budgets)

    def refusal(self, state: PodState) -> str:
        """Why the pod may not go now; "" when it may."""
        numbers = self._of_pod.get(state.pod.identity.uid, ())
        if not numbers or state.phase is Phase.PENDING:
            return ""
        if len(numbers) > 1:
            return f"{MORE_THAN_ONE} ({', '.join(self._budgets[each].budget.metadata.name for each in numbers)})"
        (number,) = numbers
        if not self._uses(number, state) or self._left(number) > 0:
            return ""
        name, status = self._budgets[number].budget.metadata.name, self._budgets[number].status
        why = status.failed or f"The disruption budget {name} needs {status.desired_healthy} healthy pods."
        return f"{VIOLATES} {why}"

    def take(self, state: PodState) -> None:
        """The pod is let go."""
        for number in self._of_pod.get(state.pod.identity.uid, ()):
            self._taken[number] += state.ready

    def needs_leave(self, state: PodState) -> bool:
        """Whether its going uses up what a budget allows."""
        return any(self._uses(each, state) for each in self._of_pod.get(state.pod.identity.uid, ()))

    def unwilling(self, candidates: Sequence[PodInfo], going: Iterable[str]) -> frozenset[str]:
        """UIDs of those, of the candidates in their order, that no budget would let go after the ones before them.

        A pod of a higher priority takes them all the same if nobody else's going suffices. `going` are pods that were
        chosen before, by UID.
        """
        if not self._budgets:
            return frozenset()
        taken = self._taken.copy()
        for uid in going:
            taken.update(dict.fromkeys(self._of_pod.get(uid, ()), 1))
        found = set()
        for pod in candidates:
            uid = pod.identity.uid
            numbers = [each for each in self._of_pod.get(uid, ()) if self._uses(each, self._states[uid])]
            if any(self._budgets[each].status.disruptions_allowed <= taken[each] for each in numbers):
                found.add(uid)
            taken.update(numbers)
        return frozenset(found)

    def _open(
        self,
        budget: PodDisruptionBudget,
        decisions: Iterable[Decision],
        scales: Mapping[Key, int],
        going: Collection[str],
    ) -> None:
        selector, namespace = budget.spec.selector, budget.metadata.namespace
        if selector is None:
            self._budgets.append(HeldBudget(budget, compute_budget_status(budget.spec, (), 0, scales)))
            return
        pods = [
            state
            for state in self._states.values()
            if state.pod.identity.namespace == namespace
            and not state.pod.evicted
            and not is_over(state)
            and selector.matches(state.pod.identity.template.metadata.labels)
        ]
        coming = count_asked(
            new
            for decision in decisions
            for new in decision.create
            if decision.workload.namespace == namespace and selector.matches(new.template.metadata.labels)
        )
        for state in pods:
            self._of_pod[state.pod.identity.uid].append(len(self._budgets))
        status = compute_budget_status(budget.spec, pods, coming, scales, going)
        self._budgets.append(HeldBudget(budget, status))

    def _keep_all(self, budget: PodDisruptionBudget, message: str) -> None:
        """What it allows could not be told, so that it allows nothing, of any pod of its namespace."""
        for state in self._states.values():
            if state.pod.identity.namespace == budget.metadata.namespace:
                self._of_pod[state.pod.identity.uid].append(len(self._budgets))
        self._budgets.append(HeldBudget(budget, BudgetStatus(0, 0, 0, message)))

    def _uses(self, number: int, state: PodState) -> bool:
        """A pod that is not ready may go while as many are healthy as must be, or always if the budget says so."""
        held = self._budgets[number]
        if state.phase is Phase.PENDING:
            return False
        if state.ready:
            return True
        if held.budget.spec.unhealthy_pod_eviction_policy is UnhealthyPodEviction.ALWAYS_ALLOW:
            return False
        return (
            bool(held.status.failed) or held.status.current_healthy - self._taken[number] < held.status.desired_healthy
        )

    def _left(self, number: int) -> int:
        return self._budgets[number].status.disruptions_allowed - self._taken[number]
