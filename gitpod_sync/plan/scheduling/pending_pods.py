"""The pods that controllers ask for and that are not there: who they are, and what holds them up but for a place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from gitpod_sync.controllers.decision import Decision, NewPod
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.hashing import uid_from
from gitpod_sync.model.records.pressure import holding
from gitpod_sync.model.scheduling.priority import PreemptionPolicy, PriorityClass
from gitpod_sync.plan.config.dns import refuse_hostname
from gitpod_sync.plan.doors import Door, Doors, Planned
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.scheduling.evicted_pods import why_kept_out
from gitpod_sync.plan.scheduling.priorities import compute_priority
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.subjects import Part, PodRef, Subject, sandbox_retry_key
from gitpod_sync.plan.volumes.claims import lack_of_claims

_LASTING = "unplaced/"


@dataclass(frozen=True, slots=True)
class PendingPod:
    """A pod that a controller asks for and that is not there."""

    identity: PodIdentity
    """Who it would be."""
    cause: str
    """Why it is asked for."""
    policy: PreemptionPolicy
    """Whether others go for it."""
    since: float
    """When it was first asked for, in seconds since the epoch."""
    can_be_made: bool
    """Whether it is held up by nothing but its place."""
    crowd: bool
    """Whether as many are asked for with it as the node could not hold."""
    retry_at: float | None
    """When it may be tried again after a failure."""


@dataclass(frozen=True, slots=True)
class NameClash:
    """Pods that have the namespace and name of one that should come, by those.

    Another pod may come in the place of an `evicted` one. No other one may have the name of a `bearer`.
    """

    evicted: Mapping[str, ObservedPod] = field(default_factory=dict)
    bearers: Mapping[str, PodIdentity] = field(default_factory=dict)


def find_name_clash(pod_index: PodIndex, decisions: Iterable[Decision]) -> NameClash:
    """The pods whose names are asked for again."""
    wanted = ((decision.workload.namespace, new.name) for decision in decisions for new in decision.create)
    pods = [state.pod for name in wanted for state in pod_index.named(*name)]
    return NameClash(
        {str(pod.identity): pod for pod in pods if pod.evicted},
        {str(pod.identity): pod.identity for pod in pods if not pod.evicted},
    )


def find_pending_pods(
    name_clash: NameClash, decisions: Sequence[Decision], view: NodeView, situation: ClusterSituation, doors: Doors
) -> list[PendingPod]:
    """In the order of the decisions."""
    if not any(decision.create for decision in decisions):
        return []
    classes = {
        config.metadata.name: config
        for config in situation.desired.configs.values()
        if isinstance(config, PriorityClass)
    }
    found: list[PendingPod] = []
    for decision in decisions:
        for new in doors.each(Door.MAKE, decision.create, partial(_planned, decision.workload)):
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
            since = situation.remembered.since.get(name_of_wait(identity), situation.now)
            name = str(identity)
            predecessor = name_clash.evicted.get(name)
            has_clash = name in name_clash.bearers
            retry_at = None if has_clash else view.backlog.free_at(sandbox_retry_key(identity))
            can_be_made = not has_clash and _can_be_made(identity, predecessor, view, situation)
            found.append(
                PendingPod(identity, new.cause, priority.policy, since, can_be_made, decision.is_crowd, retry_at)
            )
    return found


def _can_be_made(
    identity: PodIdentity, predecessor: ObservedPod | None, view: NodeView, situation: ClusterSituation
) -> bool:
    """Whether nothing but a place is lacking: nobody has to go for a pod that could not come all the same."""
    return not (
        view.backlog.is_busy(sandbox_retry_key(identity))
        or why_kept_out(identity, predecessor, holding(view.pressure, situation.settings.eviction, situation.now))
        or refuse_hostname(identity)
        or lack_of_claims(identity, (), view, situation)
    )


def name_of_wait(identity: PodIdentity) -> str:
    """What its wait for a place is called, so that its beginning is remembered."""
    return f"{_LASTING}{identity}/{identity.template_hash}"


def _planned(workload: Key, new: NewPod) -> Planned:
    pod = PodRef(workload.namespace, new.name)
    return Planned(f"{pod}/{new.template_hash}", Subject(Part.POD, pod=pod), workload)


def _fresh_uid(owner: Key, name: str, situation: ClusterSituation) -> str:
    return uid_from(f"{situation.instance.name}/{owner}/{name}/{situation.nonce}")
