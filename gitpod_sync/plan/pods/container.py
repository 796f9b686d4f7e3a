"""The containers of a pod that stays: what each needs (`container_action`) is made into steps."""

from typing import assert_never

from gitpod_sync.operations.operations import RemoveContainer, StartContainer
from gitpod_sync.plan.config.confidential import compute_hidden
from gitpod_sync.plan.config.termination_messages import plan_removal
from gitpod_sync.plan.pods.attempt import Attempt, plan_attempt
from gitpod_sync.plan.pods.container_action import (
    BackOff,
    ContainerAction,
    FreeMessageFile,
    HoldBack,
    Keep,
    LeaveAlone,
    Remake,
    Repair,
    Replace,
    Start,
    StartCreated,
    Stop,
    decide_container,
)
from gitpod_sync.plan.pods.container_health import note_bad_answers, plan_post_start
from gitpod_sync.plan.pods.container_sync import ContainerSync
from gitpod_sync.plan.pods.container_termination import Ending, plan_stop
from gitpod_sync.plan.pods.repairs import plan_limits, plan_mend, plan_name, plan_unpause
from gitpod_sync.plan.steps import Draft


def plan_container(draft: Draft, sync: ContainerSync) -> None:
    """What one container of a pod that stays needs now."""
    for earlier in sync.pod.attempts.get(sync.container.name, ())[:-1]:
        if earlier.alive:
            cause = "a later attempt took its place, and somebody started it again"
            plan_mend(draft, sync.pod, sync.subject, RemoveContainer(earlier.id), cause)
    carry_out(draft, sync, decide_container(sync))


def plan_done(draft: Draft, sync: ContainerSync) -> None:
    """An init container that has done its work stays ended, for its log."""
    if sync.has_attempt and sync.last.alive:
        cause = "its work is done, and somebody started it again"
        plan_mend(draft, sync.pod, sync.subject, RemoveContainer(sync.last.id), cause)
    _plan_tidying(draft, sync)


def carry_out(draft: Draft, sync: ContainerSync, action: ContainerAction) -> None:  # noqa: C901 - one case a kind
    """The steps of an action, and the note of what has to wait."""
    match action:
        case Start():
            _plan_start(draft, sync, action)
        case StartCreated():
            start, hidden = StartContainer(sync.last.name), compute_hidden(sync.container, sync.last.config)
            cause = "it was created and never started"
            draft.add(sync.identity.uid, sync.subject, start, cause, retry=sync.retry, hidden=hidden)
        case Remake():
            _plan_remaking(draft, sync, action)
        case Replace(cause):
            grace = sync.identity.template.spec.termination_grace_period_seconds
            plan_stop(draft, sync.pod, sync.last, sync.situation, Ending(cause, grace, replaces=True))
        case Stop(cause, grace):
            plan_stop(draft, sync.pod, sync.last, sync.situation, Ending(cause, grace))
        case Repair():
            _plan_repair(draft, sync, action)
            _plan_care(draft, sync)
        case Keep():
            _plan_care(draft, sync)
        case BackOff(message, until):
            draft.wait(sync.subject, "CrashLoopBackOff", message, until)
        case HoldBack(message, until):
            draft.hold_back(sync.subject, "CreateContainerError", message, until)
        case FreeMessageFile():
            _plan_tidying(draft, sync)
        case LeaveAlone():
            pass
        case _ as never:
            assert_never(never)


def _plan_start(draft: Draft, sync: ContainerSync, start: Start) -> None:
    attempt = Attempt(sync.sandbox_id, start.cause, start.since, start.attempt, start.backoff)
    steps = plan_attempt(draft, sync.identity, sync.container, sync.situation, attempt)
    if steps and start.is_restart:
        # The one that has just died stays: it is what `logs --previous` will read.
        _plan_tidying(draft, sync)


def _plan_remaking(draft: Draft, sync: ContainerSync, remake: Remake) -> None:
    removal = RemoveContainer(sync.last.id)
    removed = draft.add(sync.identity.uid, sync.subject, removal, remake.cause, retry=sync.retry)
    now = sync.situation.now
    attempt = Attempt(sync.sandbox_id, remake.cause, now, remake.attempt, remake.backoff, after=(removed,))
    plan_attempt(draft, sync.identity, sync.container, sync.situation, attempt)


def _plan_repair(draft: Draft, sync: ContainerSync, repair: Repair) -> None:
    if repair.unpause:
        plan_unpause(draft, sync.pod, sync.subject, sync.last)
    if repair.limits is not None:
        plan_limits(draft, sync.pod, sync.subject, sync.last, repair.limits)
    if repair.name:
        plan_name(draft, sync.pod, sync.subject, sync.last, repair.name, sync.situation)


def _plan_care(draft: Draft, sync: ContainerSync) -> None:
    """What goes with a container that runs on."""
    plan_post_start(draft, sync)
    note_bad_answers(draft, sync)
    _plan_tidying(draft, sync)


def _plan_tidying(draft: Draft, sync: ContainerSync) -> None:
    """Remove attempts before the last one that ended."""
    attempts = sync.pod.attempts.get(sync.container.name, ())
    current = attempts[-1:] if attempts and attempts[-1].alive else ()
    dead = [each for each in attempts[: len(attempts) - len(current)] if not each.alive]
    for old in dead[:-1]:
        plan_removal(draft, sync.pod, sync.container, old, "only the last attempt that ended is kept")
