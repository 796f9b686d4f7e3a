"""Ending a container that runs: preStop, then its stop signal, then KILL; all of it within the grace period.

Source of the rules: Kubernetes, "Pod Lifecycle", termination: the grace period begins before preStop; when preStop or
the wait for its turn uses it up, two more seconds are given. Nothing here waits: how far an ending has come is a `Stop`
in the situation, and each pass takes it one step on. When the memory of it is lost, the grace period starts again.

A worked example, grace 30 s and a preStop that takes 12 s: at 0 preStop is begun, at 12 the container gets TERM, at 30
KILL. With a preStop that hangs: at 30 TERM, at 32 KILL.
"""

from dataclasses import dataclass, replace

from gitpod_sync.model.base.labels import CONTAINER
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.records.health import PRE_STOP
from gitpod_sync.operations.operations import SignalContainer, UnpauseContainer
from gitpod_sync.plan.pods.container_sync import ContainerSync
from gitpod_sync.plan.pods.hooks import Hook, is_hook_over, plan_hook
from gitpod_sync.plan.situation import NodeSituation, Stop
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import container_of, hook_key

EXTENSION = 2.0
"""Seconds between TERM and KILL when TERM was sent late."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a container is to end. `turn`: nothing that has to end before it is left. `replaces`: see `Stop`."""

    cause: str
    grace: float
    turn: bool = True
    replaces: bool = False


def plan_stop(
    draft: Draft, pod: ObservedPod, running: ObservedContainer, situation: NodeSituation, ending: Ending
) -> None:
    """Take the ending of one container a step on."""
    cause, grace = ending.cause, ending.grace
    subject = container_of(pod.identity, running.labels.get(CONTAINER, ""))
    draft.going.add(running.id)
    if running.status is ContainerStatus.PAUSED:
        draft.add(pod.identity.uid, subject, UnpauseContainer(running.id), "it is paused")
    stop = situation.remembered.stops.get(running.id) or Stop(
        situation.now, grace, running.started_at or 0.0, replaces=ending.replaces
    )
    if grace <= 0:
        draft.add(pod.identity.uid, subject, SignalContainer(running.id, "SIGKILL"), cause)
    elif stop.signalled_at is not None:
        if kill_at(stop) <= situation.now:
            over = "its grace period is over"
            draft.add(pod.identity.uid, subject, SignalContainer(running.id, "SIGKILL"), over)
        else:
            draft.wake(kill_at(stop))
    elif (
        _pre_stop_is_over(draft, pod, running, situation, stop, cause) and ending.turn
    ) or stop.deadline <= situation.now:
        draft.add(pod.identity.uid, subject, SignalContainer(running.id, running.stop_signal), cause)
        stop = replace(stop, signalled_at=situation.now)
        draft.wake(kill_at(stop))
    else:
        draft.wake(stop.deadline)
    draft.stops[running.id] = stop


def kill_at(stop: Stop) -> float:
    """When a container that was told to end is killed."""
    late = stop.signalled_at is not None and stop.signalled_at > stop.began_at
    return max(stop.deadline, (stop.signalled_at or 0.0) + EXTENSION) if late else stop.deadline


def _pre_stop_is_over(
    draft: Draft, pod: ObservedPod, running: ObservedContainer, situation: NodeSituation, stop: Stop, cause: str
) -> bool:
    """Whether there is nothing to wait for; begins the hook when it has not been begun."""
    container = pod.container(running.labels.get(CONTAINER, ""))
    hook = container.lifecycle.pre_stop if container else None
    if container is None or hook is None:
        return True
    run = situation.remembered.hooks.get(hook_key(running.id, PRE_STOP))
    if run is not None:
        over = is_hook_over(run, situation.now)
        draft.wake(None if over else run.until)
        return over
    plan_hook(draft, ContainerSync(pod, container, situation), running, Hook(PRE_STOP, hook, cause, stop.grace))
    return False
