"""A place for every pod that should come, or the reason why it has none; and the pods that go for others.

The way from a situation to `plan.scheduling.queue`, which knows nothing of situations but nodes and pods.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from gitpod_sync.controllers.decision import Decision, EndPod
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.pods.configs import Namespace
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.model.records.disruption import DisruptionReason
from gitpod_sync.plan.doors import Door, Doors, of_pending
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.scheduling.budgets import Ledger
from gitpod_sync.plan.scheduling.node_info import NodeInfo
from gitpod_sync.plan.scheduling.outcomes import Placement, find_outcomes, is_held_back
from gitpod_sync.plan.scheduling.pending_pods import PendingPod, find_name_clash, find_pending_pods, name_of_wait
from gitpod_sync.plan.scheduling.pod_info import Finder
from gitpod_sync.plan.scheduling.queue import QueuedPod, Schedule, compute_schedule, in_order
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.steps import Disruption
from gitpod_sync.plan.waiting import Waiting, earliest

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has in Kubernetes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """What becomes of the pods that should come."""

    outcomes: tuple[Placement | Waiting, ...] = ()
    """A pod that is made, or what it waits for; in the order in which places are given."""
    victims: Mapping[str, EndPod] = field(default_factory=dict)
    """Pods (by UID) that go for others."""
    disruptions: Mapping[str, Disruption] = field(default_factory=dict)
    """What is told of the victims."""
    lasting: frozenset[str] = frozenset()
    """The names of the pods that wait for a place, so that it is remembered how long they do."""
    held_back: bool = False
    """Whether a pod is not made since that failed before, and is not tried again yet."""
    wake_at: float | None = None
    """When it may be tried again."""


@dataclass(frozen=True, slots=True)
class Host:
    """The node that pods are placed on, who is there, what is `kept` of it, and who goes from it (by UID)."""

    node: Node
    info: NodeInfo
    kept: Amounts
    going: Collection[str]


def compute_placements(
    decisions: Sequence[Decision],
    pod_index: PodIndex,
    host: Host,
    ledger: Ledger,
    view: NodeView,
    situation: ClusterSituation,
    doors: Doors,
) -> Placements:
    """Who is made now, who waits for what, and who goes for others."""
    name_clash = find_name_clash(pod_index, decisions)
    pending = find_pending_pods(name_clash, decisions, view, situation, doors)
    if not pending:
        return Placements()
    ready = doors.each(
        Door.MAKE, [each for each in pending if each.can_be_made], lambda each: of_pending(each.identity)
    )
    queue = in_order(
        QueuedPod(host.info.queued_pod(each.identity), each.policy, each.since, each.crowd) for each in ready
    )
    node_room = host.info.with_leaving(host.going, host.node)
    each_queued = doors.each(Door.MAKE, queue, lambda queued_pod: of_pending(queued_pod.pod.identity))
    schedule = compute_schedule(each_queued, node_room, host.node, _namespaces(situation), host.kept, ledger.unwilling)
    victims = _victims(schedule, pod_index)
    outcomes = tuple(find_outcomes(pending, schedule, name_clash, view, situation, doors))
    return Placements(
        outcomes=outcomes,
        victims=victims,
        disruptions={
            uid: Disruption("Preempted", f"{end.cause} on node {host.node.name}", DisruptionReason.PREEMPTION)
            for uid, end in victims.items()
        },
        lasting=frozenset(
            name_of_wait(each.identity)
            for each in doors.each(Door.MAKE, pending, lambda each: of_pending(each.identity))
            if _keeps_its_turn(each, schedule)
        ),
        held_back=any(map(is_held_back, outcomes)),
        wake_at=earliest(*(each.retry_at for each in pending)),
    )


def _keeps_its_turn(pending: PendingPod, schedule: Schedule) -> bool:
    """Of a crowd those alone that a place is kept for: nobody could tell how long which of the others has waited."""
    refusal = schedule.refused.get(pending.identity.uid)
    return refusal is not None and (refusal.promised or not pending.crowd)


def _victims(schedule: Schedule, pod_index: PodIndex) -> dict[str, EndPod]:
    found: dict[str, EndPod] = {}
    for state in pod_index.find(schedule.victims):
        uid = state.pod.identity.uid
        queued_pod = schedule.victims[uid]
        found[uid] = EndPod(state.pod, f"Preempted by pod {queued_pod} of priority {queued_pod.priority}")
    return found


def _namespaces(situation: ClusterSituation) -> Finder:
    @cache
    def labels_of(namespace: str) -> Mapping[str, str]:
        found = situation.desired.configs.get(Key("Namespace", "", namespace))
        own = found.metadata.labels if isinstance(found, Namespace) else {}
        return {**own, NAMESPACE_NAME: namespace}

    return labels_of
