"""A place for every pod that should come, or the reason why it has none; and the pods that go for others.

The way from a situation to `plan.placing`, which knows nothing of situations but nodes and pods.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from gitpod_sync.controllers.decision import Decision, EndPod
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.model.configs import Namespace
from gitpod_sync.model.disruption import DisruptionReason
from gitpod_sync.model.hashing import uid_from
from gitpod_sync.model.meta import Key
from gitpod_sync.model.node import Node
from gitpod_sync.model.pods import ObservedPod, PodIdentity
from gitpod_sync.model.priority import PreemptionPolicy, PriorityClass
from gitpod_sync.model.requests import Amounts
from gitpod_sync.plan.admission import why_kept_out
from gitpod_sync.plan.budgets import Ledger
from gitpod_sync.plan.claims import lack_of_claims
from gitpod_sync.plan.names import refuse_hostname
from gitpod_sync.plan.placing.guests import Finder, Register, is_over
from gitpod_sync.plan.placing.priorities import compute_priority
from gitpod_sync.plan.placing.queue import Comer, Placing, Refusal, compute_placing, in_order
from gitpod_sync.plan.pods import sandbox_retry_key
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Disruption, Draft

_LASTING = "unplaced/"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that every namespace has in Kubernetes."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A pod that a controller asks for, and why. One that `can_be_made` is held up by nothing but its place."""

    identity: PodIdentity
    cause: str
    policy: PreemptionPolicy
    since: float
    can_be_made: bool


@dataclass(frozen=True, slots=True)
class Places:
    """`coming` is in the order in which places are given; `refused` by UID. `victims` by UID go for others."""

    coming: tuple[Coming, ...] = ()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    victims: Mapping[str, EndPod] = field(default_factory=dict)
    disruptions: Mapping[str, Disruption] = field(default_factory=dict)
    lasting: frozenset[str] = frozenset()


def compute_places(
    draft: Draft,
    states: Sequence[PodState],
    decisions: Sequence[Decision],
    ends: Container[str],
    node: Node,
    kept: Amounts,
    ledger: Ledger,
    situation: Situation,
) -> Places:
    """What becomes of the pods that should come. `ends` are those that go already, by UID."""
    coming = _coming(draft, states, decisions, situation)
    if not coming:
        return Places()
    register = Register()
    queue = in_order(
        Comer(register.of_comer(each.identity), each.policy, each.since) for each in coming if each.can_be_made
    )
    guests = (
        register.of_state(state, leaving=_is_leaving(state, ends))
        for state in states
        # One that has come to its end holds nothing once its sandbox has stopped.
        if not (is_over(state) and state.pod.sandbox and not state.pod.sandbox.alive)
    )
    placing = compute_placing(queue, guests, node, _namespaces(situation), kept, ledger.unwilling)
    victims = _victims(placing, states)
    return Places(
        tuple(sorted(coming, key=lambda each: (-each.identity.priority, each.since))),
        placing.refused,
        victims,
        {
            uid: Disruption("Preempted", f"{end.cause} on node {node.name}", DisruptionReason.PREEMPTION)
            for uid, end in victims.items()
        },
        frozenset(_lasting(each.identity) for each in coming if each.identity.uid in placing.refused),
    )


def evicted_by_name(states: Sequence[PodState]) -> Mapping[str, ObservedPod]:
    """Evicted pods by namespace and name: another pod may come in their place."""
    return {str(state.pod.identity): state.pod for state in states if state.pod.evicted}


def bearers_by_name(states: Sequence[PodState]) -> Mapping[str, PodIdentity]:
    """The pods that are there by namespace and name: no other one may have it."""
    return {str(state.pod.identity): state.pod.identity for state in states if not state.pod.evicted}


def _is_leaving(state: PodState, ends: Container[str]) -> bool:
    return state.pod.ending or state.pod.evicted or state.pod.identity.uid in ends


def _coming(
    draft: Draft, states: Sequence[PodState], decisions: Sequence[Decision], situation: Situation
) -> list[Coming]:
    if not any(decision.create for decision in decisions):
        return []
    classes = {
        config.metadata.name: config
        for config in situation.desired.configs.values()
        if isinstance(config, PriorityClass)
    }
    found: list[Coming] = []
    evicted, bearers = evicted_by_name(states), bearers_by_name(states)
    for decision in decisions:
        for new in decision.create:
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
            since = situation.since.get(_lasting(identity), situation.now)
            name = str(identity)
            can_be_made = name not in bearers and _can_be_made(draft, identity, evicted.get(name), situation)
            found.append(Coming(identity, new.cause, priority.policy, since, can_be_made))
    return found


def _can_be_made(draft: Draft, identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation) -> bool:
    """Whether nothing but a place is lacking: nobody has to go for a pod that could not come all the same."""
    return not (
        draft.is_busy(sandbox_retry_key(identity))
        or why_kept_out(identity, predecessor, situation)
        or refuse_hostname(identity)
        or lack_of_claims(identity, (), situation)
    )


def _victims(placing: Placing, states: Sequence[PodState]) -> dict[str, EndPod]:
    pods = {state.pod.identity.uid: state.pod for state in states if state.pod.identity.uid in placing.victims}
    return {
        uid: EndPod(pods[uid], f"Preempted by pod {comer} of priority {comer.priority}")
        for uid, comer in placing.victims.items()
    }


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
