"""Items of `get`: pods and workloads with their state, before they are made into columns or JSON."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import Decision, WorkloadStatus
from gitpod_sync.controllers.pod.container_state import CREATING, INITIALIZING, ContainerState, StateKind
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.versions import wanted_version
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.pods.resizing import ResizeWait
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.plan.images.pull_secrets import MISSING_PULL_SECRET
from gitpod_sync.plan.pods.container_health import UNHEALTHY
from gitpod_sync.plan.published import Published
from gitpod_sync.plan.scheduling.reasons import is_rejection
from gitpod_sync.plan.steps import Plan
from gitpod_sync.plan.subjects import Part
from gitpod_sync.plan.volumes.volumes import FAILED_MOUNT
from gitpod_sync.plan.waiting import Waiting

_PENDING_RESIZES = frozenset(f"Resize{reason}" for reason in ResizeWait)

UNMADE = "FailedCreatePodSandBox"
"""The reason of a pod that the engine did not make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodItem:
    """A pod as listed. Times are seconds since the epoch."""

    namespace: str
    """With `name`, who it is."""
    name: str
    """As in its labels; for a pod to come, the name it would get."""
    template: PodTemplate
    """What it is made from, or would be."""
    status: str
    """The word of the column STATUS."""
    containers: tuple[ContainerState, ...] = ()
    """States of its main containers."""
    state: PodState | None = None
    """None for a pod that is wanted and cannot be made yet."""
    address: str = ""
    """Empty while there is none."""
    created_at: float | None = None
    """None for a pod that cannot be made yet."""
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    """What containers wait for, by their names."""
    node: str = ""
    """Name of its node; "" while it has none."""
    node_address: str = ""
    """Empty when it is not known."""
    runtime: str = ""
    """What its engine is called in the ids of containers."""
    held_up: Waiting | None = None
    """What keeps a pod that cannot be made yet."""
    messages: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Termination messages by the ids of containers."""

    @property
    def ready(self) -> int:
        """How many containers, sidecars included, are ready."""
        counted = (*self.state.sidecars, *self.containers) if self.state and not self.state.lost else ()
        return sum(each.ready for each in counted)

    @property
    def total(self) -> int:
        """How many could be ready."""
        return len(self.template.spec.sidecars) + len(self.template.spec.containers)

    @property
    def restarts(self) -> int:
        """Restarts of all containers together; during initialisation, those of the initialising containers."""
        if self.state is None:
            return 0
        counted = (*self.state.sidecars, *self.containers) if self.state.initialized else self.state.init
        return sum(each.restarts for each in counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadItem:
    """A workload other than a bare pod, as listed."""

    workload: Workload
    """As it is in force."""
    status: WorkloadStatus
    """As its controller sees it."""
    created_at: float | None
    """When it came into force, in seconds since the epoch; None where nothing shows it."""
    pods: tuple[PodState, ...] = ()
    """Those that are not being ended."""
    record: Record | None = None
    """What is remembered of it; None: nothing."""
    unmade: str = ""
    """Why a pod of it could not be made; "" when all could."""
    wanted: str = ""
    """Hash of the version that new pods are of."""
    template: PodTemplate | None = None
    """Its template, where that is not Git's; None: it is."""


def list_pods(plan: Plan) -> tuple[PodItem, ...]:
    """Every pod on the engine and every pod that is still to be made, by namespace and name."""
    waiting: dict[str, list[Waiting]] = defaultdict(list)
    for each in plan.waiting:
        waiting[each.key].append(each)
    present = (_pod_item(state, plan, waiting.get(str(state.pod.identity), ())) for state in plan.pods)
    return tuple(sorted((*present, *_pods_held_up(plan)), key=lambda item: (item.namespace, item.name)))


def list_workloads(published: Published, kind: str) -> tuple[WorkloadItem, ...]:
    """The workloads of one kind that Git asks for, by namespace and name."""
    return tuple(
        _workload_item(decision, published) for decision in published.plan.decisions if decision.workload.kind == kind
    )


def _workload_item(decision: Decision, published: Published) -> WorkloadItem:
    workload, plan = published.desired.workloads[decision.workload], published.plan
    owned = tuple(each for each in plan.pods if each.pod.owner == decision.workload and not each.pod.ending)
    return WorkloadItem(
        workload=workload,
        status=decision.status,
        created_at=_created_at(published, decision.workload),
        pods=owned,
        record=decision.record,
        unmade=_why_unmade(decision, plan),
        wanted=template_hash(decision.template or wanted_version(workload)),
        template=decision.template,
    )


def _why_unmade(decision: Decision, plan: Plan) -> str:
    names = {f"{decision.workload.namespace}/{new.name}" for new in decision.create}
    refused = (each.message for each in plan.waiting if each.key in names and each.reason == UNMADE)
    return next(refused, "")


def _pod_item(state: PodState, plan: Plan, waiting: Sequence[Waiting]) -> PodItem:
    identity = state.pod.identity
    return PodItem(
        namespace=identity.namespace,
        name=identity.name,
        template=state.pod.template,
        status=_status(state, waiting),
        containers=state.containers,
        state=state,
        address=state.pod.address,
        created_at=state.pod.created_at,
        waiting={each.subject.name: each for each in waiting if each.subject.part is Part.CONTAINER},
        node=plan.node.name,
        node_address=plan.node.address,
        runtime=plan.node.runtime,
    )


def _status(state: PodState, waiting: Sequence[Waiting]) -> str:
    """The STATUS column: the most telling reason, else the phase, as kubectl chooses."""
    if state.pod.ending:
        return "Terminating"
    if state.lost:
        return "Lost"
    if state.reason:
        return state.reason
    # Containers that run do so all the same, however they answer their probes and whatever their volumes wait for.
    running = all(each.kind is StateKind.RUNNING for each in (*state.sidecars, *state.containers))
    harmless = {UNHEALTHY, MISSING_PULL_SECRET, *_PENDING_RESIZES, *({FAILED_MOUNT} if running else ())}
    held_up = [each.reason for each in waiting if each.reason not in harmless]
    if not state.initialized:
        return _init_status(state, held_up)
    telling = [reason for reason in held_up if reason != CREATING]
    telling += [each.reason for each in state.containers if each.reason]
    if telling[:1] == ["Completed"] and any(each.kind is StateKind.RUNNING for each in state.containers):
        return "NotReady"
    return telling[0] if telling else state.phase.value


def _init_status(state: PodState, held_up: Sequence[str]) -> str:
    """`Init:1/3`: one of three has done its work; or why the next one does not run."""
    sidecars = {each.name for each in state.sidecars}
    done = 0
    for container in state.init:
        passed = container.started if container.name in sidecars else container.exit_code == 0 and container.final
        if not passed:
            break
        done += 1
    current = state.init[min(done, len(state.init) - 1)]
    telling = [reason for reason in held_up if reason != CREATING]
    telling += [current.reason] if current.reason not in {"", CREATING, INITIALIZING} else []
    return f"Init:{telling[0]}" if telling else f"Init:{done}/{len(state.init)}"


def _pods_held_up(plan: Plan) -> Iterator[PodItem]:
    # An evicted pod stands for the one that cannot be made again yet.
    evicted = {str(state.pod.identity) for state in plan.pods if state.pod.evicted}
    held_up = {each.key: each for each in plan.waiting if each.key not in evicted}
    for decision in plan.decisions:
        for new in decision.create:
            namespace = decision.workload.namespace
            waiting = held_up.get(f"{namespace}/{new.name}")
            if waiting is not None:
                status = waiting.reason if is_rejection(waiting.reason) else "Pending"
                yield PodItem(namespace=namespace, name=new.name, template=new.template, status=status, held_up=waiting)


def _created_at(published: Published, owner: Key) -> float | None:
    """When the workload came into force; the age of its oldest pod where an earlier version did not write that down."""
    identity = published.identities.get(owner)
    pods = (state.pod for state in published.plan.pods if state.pod.owner == owner and not state.pod.evicted)
    known = (*(pod.created_at for pod in pods), identity.created_at if identity else None)
    return min((at for at in known if at is not None), default=None)
