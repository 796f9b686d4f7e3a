"""A place for every pod that should come, or the reason why it has none; and the pods that go for others.

The way from a situation to `plan.schedule`, which knows nothing of situations but nodes and pods.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from gitpod_sync.controllers.decision import Decision, EndPod, NewPod
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.configs import Namespace
from gitpod_sync.model.pods.hashing import uid_from
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.model.records.disruption import DisruptionReason
from gitpod_sync.model.scheduling.priority import PreemptionPolicy, PriorityClass
from gitpod_sync.plan.config.dns import refuse_hostname
from gitpod_sync.plan.doors import Door, Doors, Subject, of_pending
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.pods.pod import sandbox_retry_key
from gitpod_sync.plan.scheduling.budgets import Ledger
from gitpod_sync.plan.scheduling.evicted_pods import why_kept_out
from gitpod_sync.plan.scheduling.node_info import NodeInfo
from gitpod_sync.plan.scheduling.pod_info import Finder
from gitpod_sync.plan.scheduling.priorities import compute_priority
from gitpod_sync.plan.scheduling.queue import QueuedPod, Refusal, Schedule, compute_schedule, in_order
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Disruption, Draft
from gitpod_sync.plan.volumes.claims import lack_of_claims

_LASTING = "unplaced/"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has in Kubernetes."""


@dataclass(frozen=True, slots=True)
class PendingPod:
    """A pod that a controller asks for, and why. One that `can_be_made` is held up by nothing but its place.

    `crowd`: as many are asked for with it as the node could not hold.
    """

    identity: PodIdentity
    cause: str
    policy: PreemptionPolicy
    since: float
    can_be_made: bool
    crowd: bool


@dataclass(frozen=True, slots=True)
class NameClash:
    """Pods that have the namespace and name of one that should come, by those.

    Another pod may come in the place of an `evicted` one. No other one may have the name of a `bearer`.
    """

    evicted: Mapping[str, ObservedPod] = field(default_factory=dict)
    bearers: Mapping[str, PodIdentity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    """`pending` is in the order in which places are given; `refused` by UID. `victims` by UID go for others."""

    pending: tuple[PendingPod, ...] = ()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    victims: Mapping[str, EndPod] = field(default_factory=dict)
    disruptions: Mapping[str, Disruption] = field(default_factory=dict)
    lasting: frozenset[str] = frozenset()
    name_clash: NameClash = field(default_factory=NameClash)


def compute_places(
    draft: Draft,
    pod_index: PodIndex,
    node_info: NodeInfo,
    decisions: Sequence[Decision],
    ends: Collection[str],
    node: Node,
    kept: Amounts,
    ledger: Ledger,
    situation: Situation,
    doors: Doors,
) -> Places:
    """What becomes of the pods that should come. `ends` are those that go already, by UID."""
    name_clash = _name_clash(pod_index, decisions)
    pending = _pending_pods(draft, name_clash, decisions, situation, doors)
    if not pending:
        return Places()
    ready = doors.each(
        Door.MAKE, [each for each in pending if each.can_be_made], lambda each: of_pending(each.identity)
    )
    queue = in_order(
        QueuedPod(node_info.queued_pod(each.identity), each.policy, each.since, each.crowd) for each in ready
    )
    node_room = node_info.with_leaving(ends, node)
    each_queued = doors.each(Door.MAKE, queue, lambda queued_pod: of_pending(queued_pod.pod.identity))
    schedule = compute_schedule(each_queued, node_room, node, _namespaces(situation), kept, ledger.unwilling)
    victims = _victims(schedule, pod_index)
    return Places(
        tuple(sorted(pending, key=lambda each: (-each.identity.priority, each.since, each.crowd))),
        schedule.refused,
        victims,
        {
            uid: Disruption("Preempted", f"{end.cause} on node {node.name}", DisruptionReason.PREEMPTION)
            for uid, end in victims.items()
        },
        frozenset(
            _lasting(each.identity)
            for each in doors.each(Door.MAKE, pending, lambda each: of_pending(each.identity))
            if _keeps_its_turn(each, schedule)
        ),
        name_clash,
    )


def _name_clash(pod_index: PodIndex, decisions: Iterable[Decision]) -> NameClash:
    wanted = ((decision.workload.namespace, new.name) for decision in decisions for new in decision.create)
    pods = [state.pod for name in wanted for state in pod_index.named(*name)]
    return NameClash(
        {str(pod.identity): pod for pod in pods if pod.evicted},
        {str(pod.identity): pod.identity for pod in pods if not pod.evicted},
    )


def _pending_pods(
    draft: Draft, name_clash: NameClash, decisions: Sequence[Decision], situation: Situation, doors: Doors
) -> list[PendingPod]:
    if not any(decision.create for decision in decisions):
        return []
    classes = {
        config.metadata.name: config
        for config in situation.desired.configs.values()
        if isinstance(config, PriorityClass)
    }
    found: list[PendingPod] = []
    for decision in decisions:
        for new in doors.each(Door.MAKE, decision.create, partial(_subject, decision.workload)):
            priority = compute_priority(new.template.spec, classes)
            identity = PodIdentity(
                namespace=decision.workload.namespace,
                name=new.name,
                uid=_fresh_uid(decision.workload, new.name, situation),
                owner=decision.workload,
                template=new.template,
                template_hash=new.template_hash,
                commit=situation.desired.commit,
                priority=priority.value,
            )
            since = situation.remembered.since.get(_lasting(identity), situation.now)
            name = str(identity)
            predecessor = name_clash.evicted.get(name)
            can_be_made = name not in name_clash.bearers and _can_be_made(draft, identity, predecessor, situation)
            found.append(PendingPod(identity, new.cause, priority.policy, since, can_be_made, decision.is_crowd))
    return found


def _can_be_made(draft: Draft, identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation) -> bool:
    """Whether nothing but a place is lacking: nobody has to go for a pod that could not come all the same."""
    return not (
        draft.is_busy(sandbox_retry_key(identity))
        or why_kept_out(identity, predecessor, situation)
        or refuse_hostname(identity)
        or lack_of_claims(identity, (), situation)
    )


def _subject(workload: Key, new: NewPod) -> Subject:
    name = f"{workload.namespace}/{new.name}"
    return Subject(f"{name}/{new.template_hash}", f"pod {name}", name, workload)


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


def _fresh_uid(owner: Key, name: str, situation: Situation) -> str:
    return uid_from(f"{situation.instance.name}/{owner}/{name}/{situation.nonce}")


def _lasting(identity: PodIdentity) -> str:
    return f"{_LASTING}{identity}/{identity.template_hash}"


def _namespaces(situation: Situation) -> Finder:
    @cache
    def labels_of(namespace: str) -> Mapping[str, str]:
        found = situation.desired.configs.get(Key("Namespace", "", namespace))
        own = found.metadata.labels if isinstance(found, Namespace) else {}
        return {**own, NAMESPACE_NAME: namespace}

    return labels_of
