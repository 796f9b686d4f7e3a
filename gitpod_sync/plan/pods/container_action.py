"""What one container of a pod that stays needs now, as a value; `container` makes steps of it.

Source of the rules: Kubernetes, "Pod Lifecycle", container restarts, and "Resize CPU and Memory Resources assigned to
Containers". An attempt that is not as written is replaced, unless what differs can be set right where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from gitpod_sync.controllers.pod.restarts import (
    backoff_delay,
    restart_due_at,
    restart_is_due,
    restarts_after,
    restarts_in_a_row,
)
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.container import Limits
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.engine.pods import attempt_of, backoff_of
from gitpod_sync.model.pods.pod import Container, ResizeRestart
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.plan.config.drift import FieldDrift, compute_limits_drift
from gitpod_sync.plan.config.termination_messages import has_file_to_itself
from gitpod_sync.plan.pods.container_sync import ContainerSync


@dataclass(frozen=True, slots=True)
class Start:
    """Create and start an attempt, due since a time. `attempt` is its number, `backoff` its restarts in a row."""

    cause: str
    since: float
    attempt: int = 0
    backoff: int = 0

    @property
    def is_restart(self) -> bool:
        """Whether an attempt has ended before it."""
        return self.attempt > 0


@dataclass(frozen=True, slots=True)
class StartCreated:
    """Start an attempt that has been created and never started."""


@dataclass(frozen=True, slots=True)
class Remake:
    """Remove an attempt that was never started and is not as written; another one comes in its place."""

    cause: str
    attempt: int
    backoff: int


@dataclass(frozen=True, slots=True)
class Replace:
    """End a running attempt that cannot be repaired; a later pass finds it ended, and starts another one."""

    cause: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Go on ending an attempt, within `grace` seconds, as a probe or a hook has failed or an earlier pass began it."""

    cause: str
    grace: float


@dataclass(frozen=True, slots=True)
class Repair:
    """Set right where it stands: let a paused attempt go on, set its limits, give its name back."""

    unpause: bool = False
    limits: Limits | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class BackOff:
    """Wait until a time before the next attempt after a crash."""

    message: str
    until: float


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Wait until a time before a call that has failed, or a replacement that did not help, is tried again."""

    message: str
    until: float


@dataclass(frozen=True, slots=True)
class FreeMessageFile:
    """Remove the attempt whose file for its termination message the next attempt takes over."""


@dataclass(frozen=True, slots=True)
class Keep:
    """It runs, and is as written."""


@dataclass(frozen=True, slots=True)
class LeaveAlone:
    """It has ended and is not started again, or is just going."""


ContainerAction = (
    Start | StartCreated | Remake | Replace | Stop | Repair | BackOff | HoldBack | FreeMessageFile | Keep | LeaveAlone
)


def decide_container(sync: ContainerSync) -> ContainerAction:
    """What the container needs now. Pure."""
    if not sync.has_attempt:
        since = sync.pod.sandbox.created_at if sync.pod.sandbox else sync.situation.now
        return _held_back(sync) or Start("it is not there", since)
    match sync.last.status:
        case ContainerStatus.CREATED if not sync.last.start_failed:
            return _decide_created(sync)
        case ContainerStatus.RUNNING | ContainerStatus.PAUSED | ContainerStatus.RESTARTING:
            return _decide_alive(sync)
        case ContainerStatus.CREATED | ContainerStatus.EXITED | ContainerStatus.DEAD:
            return _decide_ended(sync)
        case ContainerStatus.REMOVING:
            return LeaveAlone()  # the event of its going will wake us
        case _ as never:
            assert_never(never)


def _decide_created(sync: ContainerSync) -> ContainerAction:
    held_back = _held_back(sync)
    if held_back:
        return held_back
    if not sync.drift:
        return StartCreated()
    last = sync.last
    return _replaced_too_soon(sync) or Remake(sync.drift, attempt_of(last) + 1, backoff_of(last) + 1)


def _decide_alive(sync: ContainerSync) -> ContainerAction:
    if sync.health.failed:
        return Stop(sync.health.failed, _grace_after_failure(sync))
    if sync.stop is not None:
        return Stop("its end had begun before", sync.stop.grace)
    if cause := sync.drift:
        return _replaced_too_soon(sync) or _held_back(sync) or Replace(cause)
    drift = compute_limits_drift(sync.limits, sync.last.config.limits)
    # What a person has changed meanwhile is set back in place: the container started with the right limits.
    if drift and sync.pod.resized is not None and _asks_for_restart(sync.container, drift):
        return Replace(f"{'; '.join(map(str, drift))}: a restart is due")
    name = sync.name
    repair = Repair(
        unpause=sync.last.status is ContainerStatus.PAUSED,
        limits=sync.limits if drift else None,
        name=name if sync.last.name != name else "",
    )
    return Keep() if repair == Repair() else repair


def _decide_ended(sync: ContainerSync) -> ContainerAction:
    last, number, stop = sync.last, attempt_of(sync.last), sync.stop
    policy, replaced = sync.identity.template.spec.restart_policy_of(sync.container), bool(stop and stop.replaces)
    # One that was ended to be started with other limits has not crashed.
    resizing = replaced and sync.pod.resized is not None
    if not replaced and not restarts_after(last, policy, failed=bool(sync.health.failed)):
        return LeaveAlone()
    cause = f"attempt {number} ended with exit code {last.exit_code}"
    if not resizing and not restart_is_due(last, sync.situation.now):
        return BackOff(f"{cause}; the next one waits", restart_due_at(last))
    if not has_file_to_itself(sync.pod, sync.container, number + 1):
        return FreeMessageFile()
    since, backoff = last.finished_at or sync.situation.now, backoff_of(last)
    return _held_back(sync) or Start(
        cause, since, attempt=number + 1, backoff=backoff if resizing else restarts_in_a_row(last) + 1
    )


def _held_back(sync: ContainerSync) -> HoldBack | None:
    failure = sync.failure
    return HoldBack(failure.message, failure.retry_at) if failure else None


def _replaced_too_soon(sync: ContainerSync) -> HoldBack | None:
    """The last replacement did not help: do not go on replacing at full speed."""
    last, now = sync.last, sync.situation.now
    due = last.created_at + backoff_delay(backoff_of(last))
    return HoldBack(sync.drift, due) if due > now and not lies_ahead(last.created_at, now) else None


def _grace_after_failure(sync: ContainerSync) -> int:
    """Seconds that the container is given; the probe that had it ended may say how many."""
    container = sync.container
    probes = {ProbeKind.STARTUP: container.startup_probe, ProbeKind.LIVENESS: container.liveness_probe}
    probe = next((probe for kind, probe in probes.items() if probe and kind == sync.health.failed_by), None)
    own = probe.termination_grace_period_seconds if probe else None
    return sync.identity.template.spec.termination_grace_period_seconds if own is None else own


_RESOURCES = {"memory": "memory", "cpu_quota": "cpu", "cpu_shares": "cpu"}
"""Which resource of a manifest a limit comes from."""


def _asks_for_restart(container: Container, drift: Sequence[FieldDrift]) -> bool:
    """Whether one of these limits means something to the container only when it starts anew."""
    restarting = {
        policy.resource_name
        for policy in container.resize_policy
        if policy.restart_policy is ResizeRestart.RESTART_CONTAINER
    }
    return any(_RESOURCES.get(each.field) in restarting for each in drift)
