"""How a pod is doing, from its containers and from what their probes have told.

Source of the words: Kubernetes, "Pod Lifecycle": phases, conditions, and "Init Containers", detailed behavior.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.controllers.pod.container_state import (
    CREATING,
    INITIALIZING,
    ContainerState,
    StateKind,
    compute_container_state,
)
from gitpod_sync.controllers.pod.start_order import compute_start_order
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.records.health import NOTHING_KNOWN, Health

DEADLINE_EXCEEDED = "DeadlineExceeded"
_PAST_DEADLINE = "Pod was active on the node longer than the specified deadline"
EVICTED = "Evicted"
UNKNOWN_STATUS = "ContainerStatusUnknown"
KILLED = 137
"""Exit code of a process that KILL ended: 128 + 9."""


class Phase(StrEnum):
    """Where a pod is in its life."""

    PENDING = "Pending"
    RUNNING = "Running"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PodState:
    """A pod and how it is doing."""

    pod: ObservedPod
    """As observed."""
    phase: Phase
    """In Kubernetes' words."""
    containers: tuple[ContainerState, ...]
    """States of the main containers, in the order of the template."""
    ready_since: float | None = None
    """From when on everything that counts was ready without a break, in epoch seconds; None: it is not ready."""
    lost: str = ""
    """Why the pod cannot be mended and must be replaced; "" when it can."""
    init: tuple[ContainerState, ...] = ()
    """States of init containers and sidecars, in the order of the template."""
    initialized: bool = True
    """Whether all init containers have succeeded, and all sidecars are started."""
    outcome: Phase | None = None
    """What it has come to, or will when its last containers have ended; None while it is to go on."""
    reason: str = ""
    """Why it failed when no container does: evicted, or past its deadline; "" otherwise."""
    message: str = ""
    """How that came, for people."""

    @property
    def ready(self) -> bool:
        """Every container and every sidecar is ready."""
        return self.ready_since is not None

    def available(self, now: float, min_ready_seconds: int) -> bool:
        """Ready for at least `min_ready_seconds`."""
        since = self.ready_since
        return since is not None and (since + min_ready_seconds <= now or lies_ahead(since, now))

    @property
    def restarts(self) -> int:
        """Restarts of all containers together."""
        return sum(container.restarts for container in (*self.init, *self.containers))

    @property
    def sidecars(self) -> tuple[ContainerState, ...]:
        """The states of the sidecars."""
        names = {each.name for each in self.pod.identity.template.spec.sidecars}
        return tuple(each for each in self.init if each.name in names)


def compute_pod_state(
    pod: ObservedPod, health: Mapping[str, Health], now: float, lost: str = "", replaced: Collection[str] = ()
) -> PodState:
    """A pod's state as its containers show it; `replaced` are ids of containers that make room for another attempt."""
    if pod.tombstone is not None:
        return _evicted_state(pod, pod.tombstone)
    spec = pod.identity.template.spec
    initialized = compute_start_order(pod, health).initialized
    waiting = INITIALIZING if spec.init_containers else CREATING
    init = tuple(_state(pod, each, health, INITIALIZING, replaced) for each in spec.init_containers)
    containers = tuple(_state(pod, each, health, waiting, replaced) for each in spec.containers)
    reason = DEADLINE_EXCEEDED if _is_past_deadline(pod, init, containers, now) else ""
    outcome = Phase.FAILED if reason else _outcome(pod, init, containers)
    if pod.remembered and pod.remembered.outcome:
        outcome, reason = Phase(pod.remembered.outcome), pod.remembered.reason
    if outcome and not any(each.alive for each in pod.containers):
        # What has come to its end needs no sandbox any more: a machine that was started again has lost no such pod.
        lost = ""
    return PodState(
        pod=pod,
        phase=_phase(pod, containers, initialized, Phase.FAILED if lost else outcome, lost),
        containers=containers,
        ready_since=None if outcome else _ready_since(pod, init, containers, lost),
        lost=lost,
        init=init,
        initialized=initialized,
        outcome=outcome,
        reason=reason,
        message=_PAST_DEADLINE if reason == DEADLINE_EXCEEDED else "",
    )


def _evicted_state(pod: ObservedPod, tombstone: ObservedContainer) -> PodState:
    """State of an evicted pod: failed once nothing of it runs; containers that have ended are gone.

    Source of the words: Kubernetes, pkg/kubelet, what is said of containers of a pod that ended and are not there.
    """
    spec, at = pod.identity.template.spec, tombstone.created_at
    gone = [
        ContainerState(
            name=each.name,
            kind=StateKind.TERMINATED,
            reason=UNKNOWN_STATUS,
            restarts=0,
            exit_code=KILLED,
            finished_at=at,
        )
        for each in spec.all_containers
    ]
    count = len(spec.init_containers)
    return PodState(
        pod=pod,
        phase=Phase.RUNNING if any(each.alive for each in pod.containers) else Phase.FAILED,
        containers=tuple(gone[count:]),
        init=tuple(gone[:count]),
        outcome=Phase.FAILED,
        reason=EVICTED,
        message=tombstone.labels.get(labels.EVICTED, ""),
    )


def deadline_of(pod: ObservedPod) -> float | None:
    """When the pod fails if it has not come to its end (activeDeadlineSeconds, counted from its start)."""
    seconds = pod.identity.template.spec.active_deadline_seconds
    return pod.sandbox.created_at + seconds if pod.sandbox and seconds is not None else None


def _state(
    pod: ObservedPod, container: Container, health: Mapping[str, Health], waiting: str, replaced: Collection[str]
) -> ContainerState:
    last = pod.latest(container.name)
    known = health.get(last.id, NOTHING_KNOWN) if last else NOTHING_KNOWN
    policy = pod.identity.template.spec.restart_policy_of(container)
    gone = last is not None and last.id in replaced
    attempts = pod.attempts_of(container.name)
    return compute_container_state(container, attempts, policy, known, waiting, replaced=gone)


def _outcome(
    pod: ObservedPod, init: tuple[ContainerState, ...], containers: tuple[ContainerState, ...]
) -> Phase | None:
    sidecars = {each.name for each in pod.identity.template.spec.sidecars}
    if any(each.final and each.exit_code for each in init if each.name not in sidecars):
        return Phase.FAILED
    if not all(each.final for each in containers):
        return None
    return Phase.FAILED if any(each.exit_code for each in containers) else Phase.SUCCEEDED


def _is_past_deadline(
    pod: ObservedPod, init: tuple[ContainerState, ...], containers: tuple[ContainerState, ...], now: float
) -> bool:
    """Whether the deadline came before the end. Only the pod's times decide, so the answer never changes."""
    deadline = deadline_of(pod)
    if deadline is None or now < deadline:
        return False
    ended_in_time = all((each.finished_at or 0.0) <= deadline for each in containers)
    return _outcome(pod, init, containers) is None or not ended_in_time


def _phase(
    pod: ObservedPod, containers: tuple[ContainerState, ...], initialized: bool, outcome: Phase | None, lost: str
) -> Phase:
    if outcome and (lost or not any(each.alive for each in pod.containers)):
        return outcome
    if not initialized or any(each.reason in {CREATING, INITIALIZING} and each.restarts == 0 for each in containers):
        return Phase.PENDING
    return Phase.RUNNING


def _ready_since(
    pod: ObservedPod, init: tuple[ContainerState, ...], containers: tuple[ContainerState, ...], lost: str
) -> float | None:
    sandbox = pod.sandbox
    if lost or pod.ending or sandbox is None or sandbox.status is not ContainerStatus.RUNNING or not sandbox.networks:
        return None
    names = {each.name for each in pod.identity.template.spec.sidecars}
    since = [each.ready_since for each in (*(each for each in init if each.name in names), *containers)]
    times = [each for each in since if each is not None]
    return max(times) if len(times) == len(since) else None


def is_over(state: PodState) -> bool:
    """Whether the pod has come to its end and takes no room (Kubernetes: terminal pods)."""
    over = state.phase in {Phase.SUCCEEDED, Phase.FAILED}
    return over and not any(each.alive for each in state.pod.containers)


def why_over(state: PodState) -> str:
    """Why the pod is over and another should take its place; "" while it may go on."""
    if state.lost:
        return state.lost
    if state.outcome:
        return f"it has {state.outcome.lower()}{f': {state.reason}' if state.reason else ''}"
    return ""
