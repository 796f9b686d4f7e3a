"""Pods that have to go because the node is short of something, or because they have more on its disk than they may.

Source of the rules and words: Kubernetes, "Node-pressure Eviction", and pkg/kubelet/eviction. One look at the node is
answered once: what can be had back without a pod is taken first, else one pod is evicted, and the next look shows what
came of it. Pods over a limit of their own go at once, all of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.records.pressure import Met, PodUse, Signal
from gitpod_sync.plan.doors import Door, Doors, of_state
from gitpod_sync.plan.eviction.ranking import Candidate, rank_candidates, request_of, resource_of, use_of
from gitpod_sync.plan.eviction.reclaim import NOTHING, Reclaim, compute_reclaim
from gitpod_sync.plan.eviction.storage_limits import find_excess, render_bytes
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.situation import ClusterSituation


@dataclass(frozen=True, slots=True)
class Eviction:
    """Why a pod goes, in the kubelet's words, and what its containers are given to end, in seconds."""

    message: str
    grace: int = 0


@dataclass(frozen=True, slots=True)
class PressureAnswer:
    """The pods to be evicted now, by UID, or what is had back without any.

    `short_of` is what the node is short of and this answers the last look at ("" for none).
    """

    evictions: Mapping[str, Eviction] = field(default_factory=dict)
    reclaim: Reclaim = NOTHING
    short_of: str = ""


NO_ANSWER = PressureAnswer()


def compute_pressure_evictions(
    states: Sequence[PodState], ends: Collection[str], view: NodeView, situation: ClusterSituation, doors: Doors
) -> PressureAnswer:
    """Of the pods that are not over a limit of their own at most one goes.

    `ends` are the UIDs of pods that go for another reason.
    """
    pressure = view.pressure
    if not pressure.look.uses and pressure.due is None:
        return NO_ANSWER
    looked_at = doors.each(Door.LOOK, states, of_state)
    standing = [state for state in looked_at if _may_go(state, ends, view)]
    over = _over_limits(doors.each(Door.LOOK, standing, of_state), pressure.look.uses)
    met = pressure.due
    unfinished = any(state.pod.evicted and not state.pod.vacated for state in states)
    if met is None or pressure.answered or unfinished:
        return PressureAnswer(over)
    reclaim = NOTHING if over else compute_reclaim(states, met, view, situation)
    if over or reclaim:
        return PressureAnswer(over, reclaim, _NAMES[met.threshold.signal])
    ranked = rank_candidates(standing, pressure.look.uses, met.threshold.signal)
    chosen = {each.state.pod.identity.uid: _evict(each, met, view, situation) for each in ranked[:1]}
    return PressureAnswer(chosen, reclaim, _NAMES[met.threshold.signal] if chosen else "")


_NAMES = {
    Signal.MEMORY_AVAILABLE: "memory",
    Signal.NODEFS_AVAILABLE: "ephemeral-storage",
    Signal.NODEFS_INODES_FREE: "inodes",
    Signal.IMAGEFS_AVAILABLE: "ephemeral-storage",
}
"""What the kubelet calls that which is short (Kubernetes: signalToResource)."""


def _may_go(state: PodState, ends: Collection[str], view: NodeView) -> bool:
    """Whether the pod has something that its end would give back, and nothing else has been begun with it."""
    pod = state.pod
    taken = pod.ending or pod.evicted or pod.identity.uid in ends or pod.identity.uid in view.backlog.under_way
    return not taken and not state.lost and pod.sandbox is not None and any(each.alive for each in pod.containers)


def _over_limits(states: Iterable[PodState], uses: Mapping[str, PodUse]) -> dict[str, Eviction]:
    found = {}
    for state in states:
        use = uses.get(state.pod.identity.uid)
        excess = find_excess(state.pod.template.spec, use) if use else ""
        if excess:
            found[state.pod.identity.uid] = Eviction(excess)
    return found


def _evict(candidate: Candidate, met: Met, view: NodeView, situation: ClusterSituation) -> Eviction:
    spec, settings = candidate.state.pod.template.spec, situation.settings.eviction
    soft = met.threshold.grace is not None
    grace = min(settings.pod_grace, spec.termination_grace_period_seconds) if soft else 0
    return Eviction(_message(candidate, met, view), grace)


def _message(candidate: Candidate, met: Met, view: NodeView) -> str:
    """Why this pod: a worked example is in `plan.eviction.ranking`."""
    signal, pod = met.threshold.signal, candidate.state.pod
    resource, use = resource_of(signal), view.pressure.look.uses.get(pod.identity.uid, PodUse())
    counted = str if signal is Signal.NODEFS_INODES_FREE else render_bytes
    quantity, available = counted(met.quantity), counted(met.level.available)
    parts = [
        f"The node was low on resource: {_NAMES[signal]}. Threshold quantity: {quantity}, available: {available}. "
    ]
    for container in pod.template.spec.all_containers:
        used, requested = use_of(use, container.name, resource), request_of(container, resource)
        if used > requested:
            parts.append(
                f"Container {container.name} was using {render_bytes(used)}, request is {render_bytes(requested)}, "
                f"has larger consumption of {resource}. "
            )
    return "".join(parts)
