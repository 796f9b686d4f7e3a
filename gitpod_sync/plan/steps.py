"""A plan: operations with their order and causes, and what could not be planned yet."""

from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass, field

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.disruption import DisruptionReason
from gitpod_sync.model.records.event import Event
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.probing import ProbeTarget
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.operations.operations import Operation
from gitpod_sync.plan.autoscaling import Autoscaling
from gitpod_sync.plan.backlog import Backlog
from gitpod_sync.plan.situation import HookRun, NodeSituation, Stop
from gitpod_sync.plan.subjects import Subject
from gitpod_sync.plan.troubles import Trouble
from gitpod_sync.plan.waiting import Notes, Waiting, told_once

INSTANCE_CHAIN = "instance"


@dataclass(frozen=True, slots=True)
class Step:
    """One operation. Steps of one `chain` are done in order; chains run side by side.

    `after` are the ids of steps, of any chain, that must have succeeded before; they are lower than its own, so that
    no steps wait for each other. `retry` is the key under which a failure is remembered.
    `lasting` steps have failed, too, when they were done and are wanted again at once. `hidden` are texts made from
    Secrets that the engine's answer may repeat, and nobody may be told.
    """

    id: int
    chain: str
    subject: Subject
    operation: Operation
    cause: str
    retry: str
    after: tuple[int, ...] = ()
    lasting: bool = False
    hidden: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Disruption:
    """Why a pod goes that nobody asked to go: the reason of the event, its message, and the reason of the condition."""

    reason: str
    message: str
    target: DisruptionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRemember:
    """What later passes have to know of this one."""

    stops: Mapping[str, Stop] = field(default_factory=dict)
    """Containers (by id) that are being ended from now on, or in another way."""
    hooks: Mapping[str, HookRun] = field(default_factory=dict)
    """Hooks that begin, by `hook_key`."""
    begun_endings: frozenset[str] = frozenset()
    """Ids of the leftovers whose TERM is among the steps."""
    lasting: frozenset[str] = frozenset()
    """Names of all that goes on for long, so that its beginning is remembered."""
    resized: Mapping[str, PodTemplate] = field(default_factory=dict)
    """The templates that bare pods (by UID) are brought to where they stand."""
    workloads: frozenset[Key] = frozenset()
    """Workloads that Git does not name and whose records are still needed."""
    withdrawn: tuple[Intervention, ...] = ()
    """Orders of people that do not stand any more."""
    answers_pressure: bool = False
    """Whether the steps answer the last look at the node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """The events of this pass, and what they are made from beside its steps and decisions."""

    begun: tuple[Event, ...] = ()
    """What is so from the moment at which the plan is carried out."""
    done: Mapping[int, tuple[Event, ...]] = field(default_factory=dict)
    """By the ids of steps: what has happened once the step has succeeded."""
    failed_hooks: Mapping[int, Event] = field(default_factory=dict)
    """By the ids of steps that are hooks: what has happened when the step fails, but for how it did."""
    events: tuple[Event, ...] = ()
    """What happens to things other than pods."""
    disruptions: Mapping[str, Disruption] = field(default_factory=dict)
    """Pods (by UID) that go although their workloads want them."""
    resizing: frozenset[str] = frozenset()
    """UIDs of bare pods that are brought to another template than before."""
    pulls: Mapping[str, tuple[PodIdentity, ...]] = field(default_factory=dict)
    """The pods that wait for the pulls among the steps, by their chains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodsNode:
    """The node that the pods are on."""

    name: str = ""
    address: str = ""
    """Where pods reach it; "" while that is not known."""
    runtime: str = ""
    """What its engine is called in the ids of containers (see `EngineFeatures`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one pass found and what it will do."""

    steps: tuple[Step, ...] = ()
    """What is done, in order; see `Step`."""
    starting: tuple[PodIdentity, ...] = ()
    """The pods that the steps make."""
    going: frozenset[str] = frozenset()
    """UIDs of pods (of containers and leftovers: ids and names) that should not be there and still are."""
    waiting: tuple[Waiting, ...] = ()
    """What cannot be done yet, and why."""
    held_back: bool = False
    """Whether something would have to be done and is not tried again yet."""
    in_use: frozenset[str] = frozenset()
    """Keys of failures of networks and volumes that could not be removed so far: others use them, most likely."""
    troubles: tuple[Trouble, ...] = ()
    """What went wrong just now while one pod or workload was planned: it was left out."""
    wake_at: float | None = None
    """When the next plan may be another one although nothing has happened."""

    desired: Desired = field(default_factory=Desired)
    """What Git asks for, as it is in force (see `compute_desired_in_force`)."""
    decisions: tuple[Decision, ...] = ()
    """What every workload comes to, by key, in order."""
    derived: Mapping[Key, Job] = field(default_factory=dict)
    """Jobs that CronJobs have made: workloads that Git does not name itself."""
    scalings: tuple[Autoscaling, ...] = ()
    """What autoscalers did."""
    pods: tuple[PodState, ...] = ()
    """All pods, in their order."""
    targets: tuple[ProbeTarget, ...] = ()
    """The probes to be made from now on."""
    node: PodsNode = field(default_factory=PodsNode)
    """Where the pods are."""
    remember: ToRemember = field(default_factory=ToRemember)
    """What later passes have to know of this one."""
    news: News = field(default_factory=News)
    """What events are made from, beside the rest."""

    @property
    def measured(self) -> frozenset[str]:
        """Ids of the containers whose use autoscalers go by."""
        return frozenset(container for scaling in self.scalings for container in scaling.measured)

    @property
    def settled(self) -> bool:
        """Nothing to do, nothing on its way, and every workload is as Git asks."""
        undone = self.steps or self.going or self.held_back
        return not undone and all(decision.status.complete for decision in self.decisions)


@dataclass(frozen=True, slots=True)
class Watched:
    """What the planning of a part came to: whether it added anything, and when it has to be looked at again."""

    added: bool
    wake_at: float | None


class Draft:
    """Collects a plan while it is computed; it lives no longer than that."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self._steps: list[Step] = []
        self._chains: set[str] = set()
        self._waiting: dict[Waiting, None] = {}
        self._waits = 0
        """How often something was found to wait, be it said before or not."""
        self._wakes: list[float] = []
        self.starting: list[PodIdentity] = []
        self.going: set[str] = set()
        self.begun_endings: set[str] = set()
        self.volumes: dict[str, tuple[int, ...] | None] = {}
        """Volumes that were looked at, by name: the steps that make them ready, None for what cannot be yet."""
        self.withdrawn: list[Intervention] = []
        self.pulls: dict[str, list[PodIdentity]] = {}
        self.scalings: tuple[Autoscaling, ...] = ()
        self._held_back = False
        self.stops: dict[str, Stop] = {}
        self.hooks: dict[str, HookRun] = {}
        self.remembered: set[Key] = set()
        self.disruptions: Mapping[str, Disruption] = {}
        self.lasting: frozenset[str] = frozenset()
        self.told: list[Event] = []
        self.answers_pressure = False
        self.in_use: set[str] = set()

    @property
    def count(self) -> int:
        """How many steps there are so far."""
        return len(self._steps)

    def is_busy(self, chain: str) -> bool:
        """Whether an earlier pass's operations of this chain are still under way, or are held back after a failure.

        The end of the first rings; the second asks for a pass when they may be tried again.
        """
        self.wake(self._backlog.free_at(chain))
        return self._backlog.is_busy(chain)

    def held_back(self, retry: str, subject: Subject, reason: str, what: str = "") -> bool:
        """Whether what failed under `retry` must not be tried again yet; notes `what` it is and why, and until when."""
        failure = self._backlog.failure(retry)
        if failure is not None:
            message = f"{what}: {failure.message}" if what else failure.message
            self.hold_back(subject, reason, message, failure.retry_at)
        return failure is not None

    def removal_held_back(self, retry: str, subject: Subject) -> bool:
        """Whether a network or volume could not be removed, and is not tried again yet: then it is told."""
        held_back = self.held_back(retry, subject, "FailedSync", "it cannot be removed")
        if held_back:
            self.in_use.add(retry)
        return held_back

    def hold_back(self, subject: Subject, reason: str, message: str, until: float | None = None) -> None:
        """Note what would have to be done and is not tried now."""
        self._held_back = True
        self.wait(subject, reason, message, until)

    def note(self, notes: Notes) -> None:
        """Take over what a stage has to say."""
        for each in notes.waiting:
            self.wait(each.subject, each.reason, each.message, each.until)
        self._held_back = self._held_back or notes.held_back
        self.wake(notes.wake_at)

    def has_chain(self, chain: str) -> bool:
        """Whether this plan has steps of the chain already."""
        return chain in self._chains

    def add(
        self,
        chain: str,
        subject: Subject,
        operation: Operation,
        cause: str,
        *,
        after: Iterable[int] = (),
        retry: str = "",
        lasting: bool = False,
        hidden: frozenset[str] = frozenset(),
    ) -> int:
        """Append a step and return its id. Raises `ValueError` unless it is `after` steps that are there already."""
        number, after = len(self._steps) + 1, sorted(after)
        if after and not (after[0] > 0 and after[-1] < number):
            raise ValueError(f"step {number} cannot be after {after}")
        self._chains.add(chain)
        step = Step(number, chain, subject, operation, cause, retry or chain, tuple(after), lasting, hidden)
        self._steps.append(step)
        return number

    def wait(self, subject: Subject, reason: str, message: str, until: float | None = None) -> None:
        """Note what cannot be done yet; what two containers wait for alike is said once."""
        self._waiting[Waiting(subject, reason, message, until)] = None
        self._waits += 1
        self.wake(until)

    def wake(self, at: float | None) -> None:
        """Ask for another pass at a time."""
        if at is not None:
            self._wakes.append(at)

    def watch(self, plan: Callable[[], None]) -> "Watched":
        """Plan a part of it, and say what that came to."""
        size, wakes = self._size(), len(self._wakes)
        plan()
        return Watched(self._size() != size, min(self._wakes[wakes:], default=None))

    def _size(self) -> tuple[int, ...]:
        counted: tuple[Sized, ...] = (self._steps, self.starting, self.going, self.begun_endings, self.withdrawn)
        remembered: tuple[Sized, ...] = (self.pulls, self.stops, self.hooks, self.remembered, self.told)
        return (self._waits, *map(len, (*counted, *remembered)))

    def finish(
        self,
        situation: NodeSituation,
        decisions: tuple[Decision, ...],
        pods: tuple[PodState, ...],
        awake: Iterable[PodState],
        targets: tuple[ProbeTarget, ...],
        derived: Mapping[Key, Job],
    ) -> Plan:
        """The plan. Of the pods, these are `awake`: all others are as they were when they were planned before."""
        standing = {each.pod.identity.uid: each.pod for each in awake if each.pod.resized is not None}
        resized = {uid: pod.template for uid, pod in standing.items()}
        before = {uid: situation.remembered.resized.get(uid, pod.identity.template) for uid, pod in standing.items()}
        observed = situation.observed
        return Plan(
            steps=tuple(self._steps),
            starting=tuple(self.starting),
            going=frozenset(self.going),
            waiting=told_once(self._waiting, decisions),
            held_back=self._held_back,
            in_use=frozenset(self.in_use),
            wake_at=min(self._wakes, default=None),
            decisions=decisions,
            derived=derived,
            scalings=self.scalings,
            pods=pods,
            targets=targets,
            node=PodsNode(
                name=observed.node.name,
                address=observed.network.gateway if observed.network else "",
                runtime=observed.node.features.runtime,
            ),
            remember=ToRemember(
                stops=self.stops,
                hooks=self.hooks,
                begun_endings=frozenset(self.begun_endings),
                lasting=self.lasting,
                resized=resized,
                workloads=frozenset(self.remembered),
                withdrawn=tuple(self.withdrawn),
                answers_pressure=self.answers_pressure,
            ),
            news=News(
                events=tuple(self.told),
                disruptions=self.disruptions,
                resizing=frozenset(uid for uid, template in resized.items() if before[uid] != template),
                pulls={chain: tuple(pods) for chain, pods in self.pulls.items()},
            ),
        )
