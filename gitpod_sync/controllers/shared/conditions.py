"""The conditions of a pod, with the times at which they came to be.

Source of the words: Kubernetes, "Pod Lifecycle", pod conditions. No time is written down for them: each follows from
the times of the sandbox, the containers and the verdicts of probes. Those of a Deployment are made in its own module.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gitpod_sync.controllers.pod.container_state import ContainerState
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.engine.observed import ContainerStatus

DISRUPTED = "DisruptionTarget"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an object. Times are seconds since the epoch."""

    type: str
    """In Kubernetes' words."""
    status: bool | None
    """None: it is not known."""
    since: float | None
    """When the status last changed; None: nobody has written that down."""
    reason: str = ""
    """One word in CamelCase; "" when there is none."""
    message: str = ""
    """For people; "" when there is none."""
    updated_at: float | None = None
    """When it was last found to hold, for the conditions that show it; None for others."""


def compute_conditions(state: PodState) -> tuple[Condition, ...]:
    """All of them, in the order in which they come to be."""
    sandbox = state.pod.sandbox
    made = state.pod.created_at or 0.0
    runs = sandbox is not None and sandbox.status is ContainerStatus.RUNNING
    begun = (sandbox.started_at if sandbox else None) or made
    disrupted = _disruption(state, made)
    return (
        Condition("PodScheduled", status=True, since=made),
        Condition("PodReadyToStartContainers", runs, begun),
        _initialized(state, made),
        _readiness(state, "ContainersReady", made),
        _readiness(state, "Ready", made),
        *_pending_resize(state, made),
        *((disrupted,) if disrupted else ()),
    )


def _pending_resize(state: PodState, made: float) -> Iterator[Condition]:
    pending = state.pod.pending_resize
    if pending is not None:
        yield Condition(
            "PodResizePending", status=True, since=made, reason=pending.reason.value, message=pending.message
        )


def _disruption(state: PodState, made: float) -> Condition | None:
    """The pod came to its end through no fault of its own (Kubernetes: "Pod Lifecycle", DisruptionTarget)."""
    if state.lost:
        return Condition(DISRUPTED, True, made, "DeletionByPodGC", state.lost)
    disrupted = state.pod.disrupted
    if disrupted is not None:
        return Condition(DISRUPTED, True, disrupted.since, disrupted.reason.value, disrupted.message)
    if state.reason == "Evicted":
        return Condition(DISRUPTED, True, made, "TerminationByKubelet", state.message)
    return None


def _initialized(state: PodState, made: float) -> Condition:
    if state.initialized:
        reason = "PodCompleted" if state.phase is Phase.SUCCEEDED else ""
        return Condition("Initialized", True, max([made, *_times(state.init)]), reason)
    sidecars = {each.name for each in state.pod.identity.template.spec.sidecars}
    done = {each.name for each in state.init if each.final and each.exit_code == 0}
    done |= {each.name for each in state.init if each.started and each.name in sidecars}
    waiting = [each.name for each in state.init if each.name not in done]
    message = f"containers with incomplete status: [{' '.join(waiting)}]"
    return Condition("Initialized", False, made, "ContainersNotInitialized", message)


def _readiness(state: PodState, kind: str, made: float) -> Condition:
    if state.ready_since is not None:
        return Condition(kind, True, state.ready_since)
    counted = (*state.sidecars, *state.containers)
    since = max([made, *_unready_times(counted)])
    if state.phase is Phase.SUCCEEDED:
        return Condition(kind, False, since, "PodCompleted")
    if state.phase is Phase.FAILED:
        return Condition(kind, False, since, "PodFailed")
    waiting = [each.name for each in counted if not each.ready]
    return Condition(kind, False, since, "ContainersNotReady", f"containers with unready status: [{' '.join(waiting)}]")


def _times(states: Iterable[ContainerState]) -> list[float]:
    return [at for each in states for at in (each.started_at, each.finished_at) if at is not None]


def _unready_times(states: Iterable[ContainerState]) -> list[float]:
    """For each container that is not ready, when it ceased to be so, or began without being so yet."""
    since = ((each.finished_at or each.unready_since or each.started_at) for each in states if not each.ready)
    return [at for at in since if at is not None]
