"""Who of the pods that should come is made now, and what the others wait for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.records.pressure import holding
from gitpod_sync.plan.config.dns import refuse_hostname
from gitpod_sync.plan.config.references import CREATING
from gitpod_sync.plan.doors import Door, Doors, of_pending
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.scheduling.evicted_pods import why_kept_out
from gitpod_sync.plan.scheduling.pending_pods import NameClash, PendingPod
from gitpod_sync.plan.scheduling.queue import Schedule
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.subjects import pod_subject, sandbox_retry_key
from gitpod_sync.plan.volumes.claims import lack_of_claims
from gitpod_sync.plan.waiting import Waiting

_FAILED = "FailedCreatePodSandBox"


@dataclass(frozen=True, slots=True)
class Placement:
    """A pod that is made now, and why. `replaces` is the evicted pod of its name that it takes the place of."""

    identity: PodIdentity
    cause: str
    replaces: ObservedPod | None = None


def find_outcomes(
    pending: Iterable[PendingPod],
    schedule: Schedule,
    name_clash: NameClash,
    view: NodeView,
    situation: ClusterSituation,
    doors: Doors,
) -> Iterator[Placement | Waiting]:
    """Who is made now, the most important first, and what the others wait for."""
    bearers = dict(name_clash.bearers)
    made: list[PodIdentity] = []
    in_turn = sorted(pending, key=lambda each: (-each.identity.priority, each.since, each.crowd))
    for each in doors.each(Door.MAKE, in_turn, lambda each: of_pending(each.identity)):
        identity, name = each.identity, str(each.identity)
        predecessor = name_clash.evicted.get(name)
        why = (
            _why_unplaced(identity, schedule)
            or _why_kept_out(identity, predecessor, view, situation)
            or _why_nameless(identity, bearers.get(name), situation)
            or _why_held_back(identity, view)
            or _why_refused(identity)
            or _why_unclaimed(identity, made, view, situation)
        )
        if why is None:
            made.append(identity)
            bearers[name] = identity
            cause = "it was evicted, and Git still asks for it" if predecessor else each.cause
            yield Placement(identity, cause, predecessor)
        else:
            yield why


def _why_unplaced(identity: PodIdentity, schedule: Schedule) -> Waiting | None:
    refusal = schedule.refused.get(identity.uid)
    return _waiting(identity, refusal.reason, refusal.message) if refusal else None


def _why_kept_out(
    identity: PodIdentity, predecessor: ObservedPod | None, view: NodeView, situation: ClusterSituation
) -> Waiting | None:
    message = why_kept_out(identity, predecessor, holding(view.pressure, situation.settings.eviction, situation.now))
    return _waiting(identity, "Unschedulable", message) if message else None


def _why_nameless(identity: PodIdentity, bearer: PodIdentity | None, situation: ClusterSituation) -> Waiting | None:
    """A pod of another workload has its name: a StatefulSet `a` and a bare pod `a-0` ask for the same."""
    if bearer is None:
        return None
    if bearer.owner in situation.desired.workloads:
        message = f"the pod of {bearer.owner} has the same name; rename one of the two"
        return _waiting(identity, "FailedCreate", message)
    return _waiting(identity, CREATING, f"the pod of {bearer.owner} that has the same name is not gone yet")


def _why_held_back(identity: PodIdentity, view: NodeView) -> Waiting | None:
    failure = view.backlog.failure(sandbox_retry_key(identity))
    return _waiting(identity, _FAILED, failure.message, failure.retry_at) if failure else None


def _why_refused(identity: PodIdentity) -> Waiting | None:
    refusal = refuse_hostname(identity)
    return _waiting(identity, _FAILED, refusal) if refusal else None


def _why_unclaimed(
    identity: PodIdentity, made: Iterable[PodIdentity], view: NodeView, situation: ClusterSituation
) -> Waiting | None:
    lack = lack_of_claims(identity, made, view, situation)
    return _waiting(identity, "Unschedulable", lack) if lack else None


def _waiting(identity: PodIdentity, reason: str, message: str, until: float | None = None) -> Waiting:
    return Waiting(pod_subject(identity), reason, message, until)


def is_held_back(outcome: Placement | Waiting) -> bool:
    """Whether the pod is not made since that failed before, and is not tried again yet."""
    return isinstance(outcome, Waiting) and outcome.reason == _FAILED and outcome.until is not None
