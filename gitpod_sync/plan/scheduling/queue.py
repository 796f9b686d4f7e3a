"""The queue: pods that should come, the most important first, and what becomes of each.

Source of the rules: Kubernetes, "Pod Priority and Preemption". A pod comes when it fits beside all that is there. When
it would fit without those that are being ended, it waits, and the room is kept for it; when only pods of a lower
priority are in its way, they are ended, and the room is kept for it. Kept from those behind it in the queue: whoever
has no chance takes nothing from them.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.model.scheduling.priority import PreemptionPolicy
from gitpod_sync.plan.scheduling import reasons as words
from gitpod_sync.plan.scheduling.admission import pressure_against, rejection
from gitpod_sync.plan.scheduling.filters import (
    UNSCHEDULABLE_NODE,
    FilterFailure,
    filter_by_pods,
    filter_node,
    is_unschedulable,
)
from gitpod_sync.plan.scheduling.node_info import NodeRoom
from gitpod_sync.plan.scheduling.pod_info import Finder, PodInfo
from gitpod_sync.plan.scheduling.preemption import Unwilling, choose_victims, nobody


@dataclass(frozen=True, slots=True)
class QueuedPod:
    """A pod that should come; `since` is when it first had to wait for a place, or now.

    One of a `crowd` is behind all others that have not waited for longer: their workload wants more than a node holds,
    and would take whatever room others leave for a moment.
    """

    pod: PodInfo
    policy: PreemptionPolicy = PreemptionPolicy.LOWER
    since: float = 0.0
    crowd: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a pod has no place: the reason people know, and a sentence. A place that is `promised` is kept for it."""

    reason: str
    message: str
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """`refused`: queued pods without a place, by UID. `victims`: pods to end, by UID, each with the pod it goes for."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    victims: dict[str, PodIdentity] = field(default_factory=dict)


def in_order(queued_pods: Iterable[QueuedPod]) -> list[QueuedPod]:
    """The queue: higher priorities first, then those that have waited for longer; else as they were given."""
    return sorted(
        queued_pods, key=lambda queued_pod: (-queued_pod.pod.identity.priority, queued_pod.since, queued_pod.crowd)
    )


def compute_schedule(
    queue: Iterable[QueuedPod],
    node_room: NodeRoom,
    node: Node,
    namespace_labels: Finder,
    kept: Amounts | None = None,
    unwilling: Unwilling = nobody,
) -> Schedule:
    """What becomes of each pod in the queue. A pod that gets its place is counted in `node_room`.

    `kept` is promised to those pods beyond what they have. `unwilling` tells who goes only when nobody else's going
    suffices.
    """
    placer = _Scheduler(node_room, node, namespace_labels, kept or {}, unwilling)
    for queued_pod in queue:
        placer.place(queued_pod)
    return placer.schedule


class _Scheduler:
    """Gives the places of a node to one queued pod after the other."""

    def __init__(
        self, node_room: NodeRoom, node: Node, namespace_labels: Finder, kept: Amounts, unwilling: Unwilling
    ) -> None:
        self.schedule = Schedule()
        self._unwilling = unwilling
        self._node = node
        self._namespace_labels = namespace_labels
        self._seats = node_room
        self._now, self._later = node_room.now, node_room.later
        self._later.take(kept)
        self._answers: dict[tuple[int, int, PreemptionPolicy], Refusal] = {}
        """Refusals of pods that are alike: what has no place finds none in a room that only fills."""

    @cached_property
    def _candidates(self) -> list[PodInfo]:
        """Who may have to go, the least important first."""
        return sorted(self._seats.staying(), key=lambda pod: pod.importance)

    def place(self, queued_pod: QueuedPod) -> None:
        """Let it in, or refuse it."""
        pod = queued_pod.pod
        alike = (id(pod.template), pod.identity.priority, queued_pod.policy)
        refusal = self._answers.get(alike)
        if refusal is None:
            refusal = self._ask(queued_pod)
            if refusal is not None and not refusal.promised:
                self._answers[alike] = refusal
        if refusal is not None:
            self.schedule.refused[pod.identity.uid] = refusal

    def _ask(self, queued_pod: QueuedPod) -> Refusal | None:
        pod = queued_pod.pod
        bound = pod.template.spec.node_name == self._node.name
        failure = self._barrier(pod) if bound else filter_node(pod, self._node)
        if failure is not None:
            return _refusal(failure, words.NOT_HELPFUL)
        condition = pressure_against(pod, self._node)
        if condition:
            return Refusal(words.UNSCHEDULABLE, words.render_condition(condition))
        if bound:
            return self._admit(pod)
        later = filter_by_pods(pod, self._later, self._namespace_labels)
        if later is None:
            now = filter_by_pods(pod, self._now, self._namespace_labels)
            self._later.add(pod)
            if now is None:
                self._now.add(pod)
                return None
            return _refusal(now, words.LEAVING, promised=True)
        return self._make_room(queued_pod, later)

    def _barrier(self, pod: PodInfo) -> FilterFailure | None:
        """A pod that names the node comes to a cordoned one, as in Kubernetes, but not to one that is drained of it."""
        return UNSCHEDULABLE_NODE if self._node.drained and is_unschedulable(pod, self._node) else None

    def _admit(self, pod: PodInfo) -> Refusal | None:
        for resources in (self._now, self._later):
            failure = rejection(pod, resources)
            if failure is not None:
                return Refusal(*words.render_rejection(pod, failure, resources))
        self._now.add(pod)
        self._later.add(pod)
        return None

    def _make_room(self, queued_pod: QueuedPod, failure: FilterFailure) -> Refusal:
        if failure.unresolvable:
            return _refusal(failure, words.NOT_HELPFUL)
        if queued_pod.policy is PreemptionPolicy.NEVER:
            return _refusal(failure, words.NEVER)
        pod = queued_pod.pod
        lower = self._candidates[: bisect_left(self._candidates, pod.identity.priority, key=_priority)]
        last = self._unwilling(lower, self.schedule.victims)
        lower.sort(key=lambda each: each.identity.uid in last)
        victims = choose_victims(pod, self._later, lower, self._namespace_labels)
        if victims is None:
            return _refusal(failure, words.NO_VICTIMS)
        going = {victim.identity.uid for victim in victims}
        self._candidates = [each for each in self._candidates if each.identity.uid not in going]
        self.schedule.victims.update(dict.fromkeys(sorted(going), pod.identity))
        self._later.add(pod)
        named = ", ".join(sorted(str(victim.identity) for victim in victims))
        return _refusal(failure, f"ending {named}, of a lower priority.", promised=True)


def _priority(pod: PodInfo) -> int:
    return pod.identity.priority


def _refusal(failure: FilterFailure, preemption: str, *, promised: bool = False) -> Refusal:
    return Refusal(words.UNSCHEDULABLE, words.render_obstacle(failure, preemption), promised)
