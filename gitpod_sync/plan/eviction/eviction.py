"""Pods that are being evicted: marked, ended, and nothing but the mark left of them."""

from dataclasses import replace

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, grace_of
from gitpod_sync.model.records.event import EventType
from gitpod_sync.operations.operations import CreateContainer, SignalContainer
from gitpod_sync.plan.eviction.pressure_evictions import Eviction
from gitpod_sync.plan.eviction.tombstones import compute_tombstone_config
from gitpod_sync.plan.pods.container_termination import kill_at
from gitpod_sync.plan.pods.pod_termination import plan_removal, plan_stops
from gitpod_sync.plan.report.events import pod_event
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, eviction_retry_key, part_of, pod_subject


def plan_eviction(draft: Draft, state: PodState, eviction: Eviction, situation: NodeSituation) -> None:
    """Mark the pod as evicted, and begin to end what it has.

    A disk may be so full that no mark can be made: then the pod goes without one, so that there is room again.
    """
    pod = state.pod
    identity, instance = pod.identity, situation.instance
    draft.going.add(identity.uid)
    retry = eviction_retry_key(identity.uid)
    if retry in situation.remembered.failures:
        draft.told.append(pod_event(identity, "Evicted", eviction.message, EventType.WARNING))
        plan_removal(draft, pod, eviction.message.strip())
        return
    config = compute_tombstone_config(pod, eviction.message, eviction.grace, instance)
    name = instance.tombstone_name(identity.namespace, identity.name, identity.uid)
    cause = eviction.message.strip()
    marked = draft.add(identity.uid, pod_subject(identity), CreateContainer(name, config), cause, retry=retry)
    # With grace the next pass begins to end what runs: nothing is told to end before the mark is made.
    if not eviction.grace:
        plan_removal(draft, pod, "it is evicted", after=(marked,))


def plan_evicted_pod(draft: Draft, pod: ObservedPod, situation: NodeSituation) -> None:
    """Go on with what was begun, until nothing but the mark is left."""
    stone, uid = pod.tombstone, pod.identity.uid
    if stone is None or draft.is_busy(uid):
        return
    if stone.alive:
        cause = "it marks a pod that was evicted, and somebody started it"
        draft.add(uid, part_of(pod.identity, Part.EVICTED_POD), SignalContainer(stone.id, "SIGKILL"), cause)
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


def _alive(pod: ObservedPod) -> tuple[ObservedContainer, ...]:
    return tuple(container for container in pod.containers if container.alive)
