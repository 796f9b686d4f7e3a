"""How a pod is doing, from its containers alone.

Source of the words: Kubernetes, "Pod Lifecycle": phases, container states and their reasons.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from gitpod_sync.controllers.restarts import restart_due_at, restarts_after, restarts_in_a_row
from gitpod_sync.model.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.pod import RestartPolicy
from gitpod_sync.model.pods import ObservedPod, attempt_of


class Phase(StrEnum):
    """Where a pod is in its life."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


class StateKind(StrEnum):
    """What a container is doing."""

    WAITING = "waiting"
    RUNNING = "running"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class ContainerState:
    """One container of a pod: its last attempt. Times are seconds since the epoch."""

    name: str
    kind: StateKind
    reason: str = ""
    restarts: int = 0
    exit_code: int | None = None
    started_at: float | None = None
    finished_at: float | None = None
    restart_at: float | None = None
    """When the next attempt is due; None when none is."""


@dataclass(frozen=True, slots=True)
class PodState:
    """A pod and how it is doing. `lost` says why the pod cannot be mended and must be replaced ("" if it can).

    `ready_since` is the time from which every container ran without a break; None when the pod is not ready.
    """

    pod: ObservedPod
    phase: Phase
    containers: tuple[ContainerState, ...]
    ready_since: float | None = None
    lost: str = ""

    @property
    def ready(self) -> bool:
        """Every container runs; until there are probes a running container is a ready one."""
        return self.ready_since is not None

    def available(self, now: float, min_ready_seconds: int) -> bool:
        """Ready for at least `min_ready_seconds`."""
        return self.ready_since is not None and self.ready_since + min_ready_seconds <= now

    @property
    def restarts(self) -> int:
        """Restarts of all containers together."""
        return sum(container.restarts for container in self.containers)


def compute_pod_state(pod: ObservedPod, lost: str = "") -> PodState:
    """Read a pod's state off its containers."""
    spec = pod.identity.template.spec
    containers = tuple(
        _container_state(container.name, pod.latest(container.name), spec.restart_policy)
        for container in spec.containers
    )
    return PodState(pod, _phase(containers, lost), containers, _ready_since(pod, containers, lost), lost)


def _container_state(name: str, last: ObservedContainer | None, policy: RestartPolicy) -> ContainerState:
    if last is None or (last.status is ContainerStatus.CREATED and not last.start_failed):
        return ContainerState(name, StateKind.WAITING, "ContainerCreating", attempt_of(last) if last else 0)
    if last.alive:
        reason = "Paused" if last.status is ContainerStatus.PAUSED else ""
        return ContainerState(name, StateKind.RUNNING, reason, attempt_of(last), started_at=last.started_at)
    ended = ContainerState(
        name,
        StateKind.TERMINATED,
        _end_reason(last),
        attempt_of(last),
        last.exit_code,
        last.started_at,
        last.finished_at,
    )
    if not restarts_after(last, policy):
        return ended
    waiting = replace(ended, restart_at=restart_due_at(last))
    return replace(waiting, kind=StateKind.WAITING, reason="CrashLoopBackOff") if restarts_in_a_row(last) else waiting


def _end_reason(ended: ObservedContainer) -> str:
    if ended.start_failed:
        return "StartError"
    if ended.oom_killed:
        return "OOMKilled"
    return "Completed" if ended.exit_code == 0 else "Error"


def _phase(containers: tuple[ContainerState, ...], lost: str) -> Phase:
    if lost:
        return Phase.FAILED
    final = [each for each in containers if each.kind is StateKind.TERMINATED and each.restart_at is None]
    if len(final) == len(containers):
        return Phase.FAILED if any(each.exit_code for each in final) else Phase.SUCCEEDED
    if any(each.reason == "ContainerCreating" and each.restarts == 0 for each in containers):
        return Phase.PENDING
    return Phase.RUNNING


def _ready_since(pod: ObservedPod, containers: tuple[ContainerState, ...], lost: str) -> float | None:
    sandbox = pod.sandbox
    if lost or pod.ending or sandbox is None or sandbox.status is not ContainerStatus.RUNNING or not sandbox.networks:
        return None
    if any(each.kind is not StateKind.RUNNING or each.reason for each in containers):
        return None
    return max(each.started_at or 0.0 for each in containers)
