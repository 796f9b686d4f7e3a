"""How one container is doing: waiting, running or terminated, and whether it is ready.

Source of the words: Kubernetes, "Pod Lifecycle", container states and their reasons.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from gitpod_sync.controllers.pod.restarts import restart_due_at, restarts_after, restarts_in_a_row
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import attempt_of
from gitpod_sync.model.pods.pod import Container, RestartPolicy
from gitpod_sync.model.records.health import Health

CREATING = "ContainerCreating"
INITIALIZING = "PodInitializing"
OOM_KILLED = "OOMKilled"


class StateKind(StrEnum):
    """The state of a container in one word."""

    WAITING = "waiting"
    RUNNING = "running"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerState:
    """One container of a pod: its last attempt. Times are seconds since the epoch; None: it has not happened."""

    name: str
    """As in the template."""
    kind: StateKind
    """Waiting, running or terminated."""
    reason: str = ""
    """In Kubernetes' words; "" when it simply runs."""
    restarts: int = 0
    """How many attempts there were before this one."""
    exit_code: int | None = None
    """None while it has not ended."""
    started_at: float | None = None
    """When this attempt was started."""
    finished_at: float | None = None
    """When this attempt ended."""
    restart_at: float | None = None
    """When the next attempt is due; None when none is."""
    started: bool = False
    """Its postStart is over and its startup probe has passed."""
    ready_since: float | None = None
    """None: it is not ready."""
    unready_since: float | None = None
    """When its readiness probe last turned to failure."""
    earlier: ObservedContainer | None = None
    """The attempt that ended before this one, if the engine still has it."""
    end_reason: str = ""
    """Why the last attempt ended; "" while it has not. It may be waiting for the next one for another reason."""

    @property
    def ready(self) -> bool:
        """Whether it runs and its readiness probe, if there is one, passes."""
        return self.ready_since is not None

    @property
    def final(self) -> bool:
        """Whether it has ended and will not be started again."""
        return self.kind is StateKind.TERMINATED and self.restart_at is None


def compute_container_state(
    container: Container,
    attempts: tuple[ObservedContainer, ...],
    policy: RestartPolicy,
    health: Health,
    waiting: str,
    *,
    replaced: bool = False,
) -> ContainerState:
    """The state of the last of `attempts`; without any, a wait with the reason `waiting`.

    `replaced`: it was ended to make room for another attempt, whatever its policy says.
    """
    if not attempts:
        return ContainerState(name=container.name, kind=StateKind.WAITING, reason=waiting)
    last = attempts[-1]
    earlier = attempts[-2] if len(attempts) > 1 and not attempts[-2].alive else None
    state = replace(_last_state(container, last, policy, health, waiting), earlier=earlier)
    return replace(state, restart_at=last.finished_at or 0.0) if state.final and replaced else state


def end_reason(ended: ObservedContainer) -> str:
    """Why it ended, in Kubernetes' words."""
    if ended.start_failed:
        return "StartError"
    if ended.oom_killed:
        return OOM_KILLED
    return "Completed" if ended.exit_code == 0 else "Error"


def _last_state(
    container: Container, last: ObservedContainer, policy: RestartPolicy, health: Health, waiting: str
) -> ContainerState:
    attempt = attempt_of(last)
    if last.status is ContainerStatus.CREATED and not last.start_failed:
        return ContainerState(name=container.name, kind=StateKind.WAITING, reason=waiting, restarts=attempt)
    if last.alive:
        return _alive_state(container, last, health)
    ended = ContainerState(
        name=container.name,
        kind=StateKind.TERMINATED,
        reason=end_reason(last),
        restarts=attempt,
        exit_code=last.exit_code,
        started_at=last.started_at,
        finished_at=last.finished_at,
        end_reason=end_reason(last),
    )
    if not restarts_after(last, policy, failed=bool(health.failed)):
        return ended
    coming = replace(ended, restart_at=restart_due_at(last))
    return replace(coming, kind=StateKind.WAITING, reason="CrashLoopBackOff") if restarts_in_a_row(last) else coming


def _alive_state(container: Container, last: ObservedContainer, health: Health) -> ContainerState:
    if container.lifecycle.post_start and health.post_started_at is None and not health.failed:
        return ContainerState(
            name=container.name,
            kind=StateKind.WAITING,
            reason=CREATING,
            restarts=attempt_of(last),
            started_at=last.started_at,
        )
    paused = last.status is ContainerStatus.PAUSED
    started = container.startup_probe is None or health.started_at is not None
    return ContainerState(
        name=container.name,
        kind=StateKind.RUNNING,
        reason="Paused" if paused else "",
        restarts=attempt_of(last),
        started_at=last.started_at,
        started=started,
        ready_since=None if paused or health.failed or not started else _ready_since(container, last, health),
        unready_since=health.unready_since,
    )


def _ready_since(container: Container, last: ObservedContainer, health: Health) -> float | None:
    if container.readiness_probe:
        return health.ready_since
    return max(last.started_at or 0.0, health.post_started_at or 0.0, health.started_at or 0.0)
