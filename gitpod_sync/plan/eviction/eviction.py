"""Pods that have to go because the node is short of something, or because they have more on its disk than they may.

Source of the rules and words: Kubernetes, "Node-pressure Eviction", and pkg/kubelet/eviction. One look at the node is
answered once: what can be had back without a pod is taken first, else one pod is evicted, and the next look shows what
came of it. Pods over a limit of their own go at once, all of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, grace_of
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.pressure import Met, PodUse, Signal
from gitpod_sync.operations.operations import CreateContainer, SignalContainer
from gitpod_sync.plan.doors import Door, Doors, of_state
from gitpod_sync.plan.eviction.ranking import Candidate, rank_candidates, request_of, resource_of, use_of
from gitpod_sync.plan.eviction.reclaim import plan_reclaim
from gitpod_sync.plan.eviction.storage_limits import find_excess, render_bytes
from gitpod_sync.plan.eviction.tombstones import compute_tombstone_config
from gitpod_sync.plan.pods.container_termination import kill_at
from gitpod_sync.plan.pods.pod_termination import plan_removal, plan_stops
from gitpod_sync.plan.report.events import pod_event
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft


@dataclass(frozen=True, slots=True)
class Eviction:
    """Why a pod goes, in the kubelet's words, and what its containers are given to end, in seconds."""

    message: str
    grace: int = 0


def compute_pressure_evictions(
    draft: Draft, states: Sequence[PodState], ends: Collection[str], situation: Situation, doors: Doors
) -> Mapping[str, Eviction]:
    """The pods to be evicted now, by UID; of those that are not over a limit of their own at most one.

    `ends` are the UIDs of pods that go for another reason.
    """
    pressure = situation.measured.pressure
    if not pressure.look.uses and pressure.due is None:
        return {}
    looked_at = doors.each(Door.LOOK, states, of_state)
    standing = [state for state in looked_at if _may_go(state, ends, situation)]
    over = _over_limits(doors.each(Door.LOOK, standing, of_state), pressure.look.uses)
    met = pressure.due
    unfinished = any(state.pod.evicted and not state.pod.vacated for state in states)
    if met is None or pressure.answered or unfinished:
        return over
    chosen, before = over, draft.count
    if not over and not plan_reclaim(draft, states, met, situation):
        ranked = rank_candidates(standing, pressure.look.uses, met.threshold.signal)
        chosen = {each.state.pod.identity.uid: _evict(each, met, situation) for each in ranked[:1]}
    if chosen or draft.count > before:
        resource = _NAMES[met.threshold.signal]
        node = Key("Node", "", situation.observed.node.name)
        draft.told.append(Event(node, "EvictionThresholdMet", f"Attempting to reclaim {resource}", EventType.WARNING))
        draft.answers_pressure = True
    return chosen


def plan_eviction(draft: Draft, state: PodState, eviction: Eviction, situation: Situation) -> None:
    """Mark the pod as evicted, and begin to end what it has.

    A disk may be so full that no mark can be made: then the pod goes without one, so that there is room again.
    """
    pod = state.pod
    identity, instance = pod.identity, situation.instance
    draft.going.add(identity.uid)
    retry = f"eviction/{identity.uid}"
    if retry in situation.remembered.failures:
        draft.told.append(pod_event(identity, "Evicted", eviction.message, EventType.WARNING))
        plan_removal(draft, pod, eviction.message.strip())
        return
    config = compute_tombstone_config(pod, eviction.message, eviction.grace, instance)
    name = instance.tombstone_name(identity.namespace, identity.name, identity.uid)
    cause = eviction.message.strip()
    marked = draft.add(identity.uid, f"pod {identity}", CreateContainer(name, config), cause, retry=retry)
    # With grace the next pass begins to end what runs: nothing is told to end before the mark is made.
    if not eviction.grace:
        plan_removal(draft, pod, "it is evicted", after=(marked,))


def plan_evicted_pod(draft: Draft, pod: ObservedPod, situation: Situation) -> None:
    """Go on with what was begun, until nothing but the mark is left."""
    stone, uid = pod.tombstone, pod.identity.uid
    if stone is None or draft.is_busy(uid):
        return
    if stone.alive:
        cause = "it marks a pod that was evicted, and somebody started it"
        draft.add(uid, f"evicted pod {pod.identity}", SignalContainer(stone.id, "SIGKILL"), cause)
    if pod.vacated:
        return
    draft.going.add(uid)
    grace = grace_of(stone)
    stops = [situation.remembered.stops.get(each.id) for each in _alive(pod)]
    if grace and not all(stop and stop.signalled_at is not None and kill_at(stop) <= situation.now for stop in stops):
        plan_stops(draft, pod, situation, "it was evicted", grace=grace)
        return
    rest = replace(pod, tombstone=None, sandbox=None if pod.sandbox is stone else pod.sandbox)
    plan_removal(draft, rest, "it was evicted")


_NAMES = {
    Signal.MEMORY_AVAILABLE: "memory",
    Signal.NODEFS_AVAILABLE: "ephemeral-storage",
    Signal.NODEFS_INODES_FREE: "inodes",
    Signal.IMAGEFS_AVAILABLE: "ephemeral-storage",
}
"""What the kubelet calls that which is short (Kubernetes: signalToResource)."""


def _may_go(state: PodState, ends: Collection[str], situation: Situation) -> bool:
    """Whether the pod has something that its end would give back, and nothing else has been begun with it."""
    pod = state.pod
    taken = pod.ending or pod.evicted or pod.identity.uid in ends or pod.identity.uid in situation.under_way.chains
    return not taken and not state.lost and pod.sandbox is not None and bool(_alive(pod))


def _over_limits(states: Iterable[PodState], uses: Mapping[str, PodUse]) -> dict[str, Eviction]:
    found = {}
    for state in states:
        use = uses.get(state.pod.identity.uid)
        excess = find_excess(state.pod.template.spec, use) if use else ""
        if excess:
            found[state.pod.identity.uid] = Eviction(excess)
    return found


def _evict(candidate: Candidate, met: Met, situation: Situation) -> Eviction:
    spec, settings = candidate.state.pod.template.spec, situation.settings.eviction
    soft = met.threshold.grace is not None
    grace = min(settings.pod_grace, spec.termination_grace_period_seconds) if soft else 0
    return Eviction(_message(candidate, met, situation), grace)


def _message(candidate: Candidate, met: Met, situation: Situation) -> str:
    """Why this pod: a worked example is in `plan.victims`."""
    signal, pod = met.threshold.signal, candidate.state.pod
    resource, use = resource_of(signal), situation.measured.pressure.look.uses.get(pod.identity.uid, PodUse())
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


def _alive(pod: ObservedPod) -> tuple[ObservedContainer, ...]:
    return tuple(container for container in pod.containers if container.alive)
