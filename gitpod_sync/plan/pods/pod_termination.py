"""Pods that go, and what is left running in a pod that has come to its end.

Source of the rules: Kubernetes, "Pod Lifecycle", termination, and "Sidecar Containers": every preStop begins at once;
sidecars are told to end after the others, the last one first, within the same grace period.
"""

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.labels import CONTAINER
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.operations.operations import RemoveContainer, RemoveVolume, RenameContainer, SignalContainer
from gitpod_sync.plan.pods.container_termination import Ending, kill_at, plan_stop
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, container_of, part_of, pod_subject, rest_retry_key


def plan_end(draft: Draft, pod: ObservedPod, situation: NodeSituation, cause: str) -> None:
    """Mark the pod as being ended and begin with it; the mark is the sandbox's new name, so that it outlives us."""
    identity, sandbox = pod.identity, pod.sandbox
    if sandbox is None or _held_back(draft, pod):
        return
    if sandbox.status is ContainerStatus.REMOVING:
        return  # a rename in the middle would make the removal fail; its containers are orphans in a moment
    if not _alive(pod) or _grace(pod) == 0:
        plan_removal(draft, pod, cause)
        return
    marked = situation.instance.ending_sandbox_name(identity.namespace, identity.name, identity.uid)
    draft.add(identity.uid, pod_subject(identity), RenameContainer(sandbox.id, marked), cause)
    plan_stops(draft, pod, situation, cause)


def plan_ending_pod(draft: Draft, pod: ObservedPod, situation: NodeSituation) -> None:
    """Go on with an ending: wait for the containers within the grace period, then remove everything.

    After a restart of ours the grace period starts again (it may, and is never skipped).
    """
    if _held_back(draft, pod):
        return
    stops = [situation.remembered.stops.get(each.id) for each in _alive(pod)]
    if not stops:
        plan_removal(draft, pod, "its containers have ended")
    elif all(stop and stop.signalled_at is not None and kill_at(stop) <= situation.now for stop in stops):
        plan_removal(draft, pod, "its grace period is over")
    else:
        plan_stops(draft, pod, situation, "its end had begun before")


def plan_rest(draft: Draft, state: PodState, situation: NodeSituation) -> None:
    """The pod has come to its end, or has run for longer than it may: what still runs in it is ended with grace."""
    outcome = f"its pod has {str(state.outcome).lower()}" if state.outcome else "its pod is over"
    plan_stops(draft, state.pod, situation, state.reason or outcome)


def plan_sandbox_rest(draft: Draft, state: PodState) -> None:
    """Nothing runs in it any more: its address, its ports and its memory are given back, its logs stay."""
    sandbox = state.pod.sandbox
    if sandbox is None or not sandbox.alive or _alive(state.pod):
        return
    cause = f"its pod has {str(state.outcome).lower()}, and nothing runs in it any more"
    uid, subject = state.pod.identity.uid, part_of(state.pod.identity, Part.SANDBOX)
    retry = rest_retry_key(uid)
    # Another sandbox image may not heed it: then it is told again ever more seldom.
    if not draft.is_busy(retry):
        draft.add(uid, subject, SignalContainer(sandbox.id, "SIGTERM"), cause, retry=retry, lasting=True)


def plan_stops(
    draft: Draft, pod: ObservedPod, situation: NodeSituation, cause: str, *, grace: float | None = None
) -> None:
    """Take the ending of every container a step on, in their order. `grace` None: what the pod says, in seconds."""
    sidecars = [each.name for each in pod.identity.template.spec.sidecars]
    alive = _alive(pod)
    given = _grace(pod) if grace is None else grace
    turn = True
    for wave in (None, *reversed(sidecars)):
        members = [each for each in alive if _wave(each, sidecars) == wave]
        for container in members:
            plan_stop(draft, pod, container, situation, Ending(cause, given, turn))
        turn = turn and not members


def _wave(container: ObservedContainer, sidecars: list[str]) -> str | None:
    name = container.labels.get(CONTAINER, "")
    return name if name in sidecars else None


def plan_removal(draft: Draft, pod: ObservedPod, cause: str, *, after: tuple[int, ...] = ()) -> None:
    """Containers, then the sandbox, then the volumes: what is left after a crash in between is still ours to find."""
    uid, subject = pod.identity.uid, pod_subject(pod.identity)
    removed = [
        draft.add(
            uid,
            container_of(pod.identity, container.labels.get(CONTAINER, "")),
            RemoveContainer(container.id),
            cause,
            after=after,
        )
        for container in pod.containers
    ]
    for each in (pod.sandbox, pod.tombstone if pod.tombstone is not pod.sandbox else None):
        if each:
            removed.append(draft.add(uid, subject, RemoveContainer(each.id), cause, after=(*after, *removed)))
    for volume in pod.volumes:
        draft.add(
            uid,
            part_of(pod.identity, Part.ENGINE_VOLUME, volume.name),
            RemoveVolume(volume.name),
            cause,
            after=(*after, *removed),
        )


def _held_back(draft: Draft, pod: ObservedPod) -> bool:
    uid = pod.identity.uid
    return draft.held_back(uid, pod_subject(pod.identity), "FailedSync") or draft.is_busy(uid)


def _alive(pod: ObservedPod) -> tuple[ObservedContainer, ...]:
    return tuple(container for container in pod.containers if container.alive)


def _grace(pod: ObservedPod) -> int:
    return pod.identity.template.spec.termination_grace_period_seconds
