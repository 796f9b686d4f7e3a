"""What `get` lists: pods and workloads with their state, before it is made into columns or JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.controllers.pod_state import ContainerState, PodState
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.meta import Key
from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.workloads import Workload
from gitpod_sync.plan.steps import Plan


@dataclass(frozen=True, slots=True)
class PodItem:
    """A pod as listed; `state` is None for one that is wanted and cannot be made yet. Times are epoch seconds."""

    namespace: str
    name: str
    template: PodTemplate
    status: str
    containers: tuple[ContainerState, ...] = ()
    state: PodState | None = None
    address: str = ""
    created_at: float | None = None

    @property
    def ready(self) -> int:
        """How many containers are ready."""
        return sum(each.kind == "running" and not each.reason for each in self.containers)

    @property
    def restarts(self) -> int:
        """Restarts of all containers together."""
        return sum(each.restarts for each in self.containers)


@dataclass(frozen=True, slots=True)
class WorkloadItem:
    """A Deployment, ReplicaSet or ReplicationController as listed; its age is that of its oldest pod."""

    workload: Workload
    status: WorkloadStatus
    created_at: float | None


def list_pods(plan: Plan) -> tuple[PodItem, ...]:
    """Every pod on the engine, and every one that is wanted but cannot be made yet, by namespace and name."""
    present = (_pod_item(state, plan) for state in plan.pods)
    return tuple(sorted((*present, *_pods_held_up(plan)), key=lambda item: (item.namespace, item.name)))


def list_workloads(plan: Plan, desired: Desired, kind: str) -> tuple[WorkloadItem, ...]:
    """The workloads of one kind that Git asks for, by namespace and name."""
    return tuple(
        WorkloadItem(desired.workloads[decision.workload], decision.status, _oldest(plan.pods, decision.workload))
        for decision in plan.decisions
        if decision.workload.kind == kind
    )


def _pod_item(state: PodState, plan: Plan) -> PodItem:
    identity, sandbox = state.pod.identity, state.pod.sandbox
    return PodItem(
        identity.namespace,
        identity.name,
        state.pod.template,
        _status(state, plan),
        state.containers,
        state,
        state.pod.address,
        sandbox.created_at if sandbox else None,
    )


def _status(state: PodState, plan: Plan) -> str:
    """The STATUS column: the most telling reason, else the phase."""
    if state.pod.ending:
        return "Terminating"
    if state.lost:
        return "Lost"
    key = str(state.pod.identity)
    reasons = [each.reason for each in plan.waiting if each.key == key and each.reason != "ContainerCreating"]
    reasons += [each.reason for each in state.containers if each.reason]
    return reasons[0] if reasons else state.phase.value


def _pods_held_up(plan: Plan) -> Iterator[PodItem]:
    held_up = {each.key for each in plan.waiting}
    for decision in plan.decisions:
        for new in decision.create:
            namespace = decision.workload.namespace
            if f"{namespace}/{new.name}" in held_up:
                yield PodItem(namespace, new.name, new.template, "Pending")


def _oldest(pods: Sequence[PodState], owner: Key) -> float | None:
    created = [
        state.pod.sandbox.created_at for state in pods if state.pod.identity.owner == owner and state.pod.sandbox
    ]
    return min(created, default=None)
