"""The containers of a pod that stays: started, started again, or mended where they stand."""

from typing import assert_never

from gitpod_sync.controllers.pod.restarts import (
    backoff_delay,
    restart_due_at,
    restart_is_due,
    restarts_after,
    restarts_in_a_row,
)
from gitpod_sync.model.base.pass_cache import What
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity, attempt_of, backoff_of
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.records.health import NOTHING_KNOWN
from gitpod_sync.operations.operations import CreateContainer, RemoveContainer, StartContainer
from gitpod_sync.plan.config.confidential import compute_hidden
from gitpod_sync.plan.config.container_config import compute_container_config
from gitpod_sync.plan.config.drift import compute_fixed_drift
from gitpod_sync.plan.config.environment import recall_environment, resolve_environment
from gitpod_sync.plan.config.references import PodReferences, UnresolvedError
from gitpod_sync.plan.config.refusals import compute_refusal
from gitpod_sync.plan.config.termination_messages import has_file_to_itself, plan_removal
from gitpod_sync.plan.images.image_volumes import plan_image_volumes
from gitpod_sync.plan.images.images import plan_image
from gitpod_sync.plan.pods.container_health import note_bad_answers, plan_its_end, plan_post_start
from gitpod_sync.plan.pods.container_termination import plan_stop
from gitpod_sync.plan.pods.repairs import plan_mend, plan_name, plan_unpause
from gitpod_sync.plan.pods.resizing import plan_resize
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.volumes.volumes import await_volumes, plan_sub_paths

_COMPARISON: What[tuple[str, Limits]] = What("comparison of a container")


def plan_container(draft: Draft, pod: ObservedPod, container: Container, situation: NodeSituation) -> None:
    """What one container of a pod that stays needs now."""
    last = pod.latest(container.name)
    for earlier in pod.attempts.get(container.name, ())[:-1]:
        if earlier.alive:
            cause = "a later attempt took its place, and somebody started it again"
            plan_mend(draft, pod, _subject(pod.identity, container), RemoveContainer(earlier.id), cause)
    if last is None:
        since = pod.sandbox.created_at if pod.sandbox else situation.now
        sandbox, cause = _sandbox_id(pod), "it is not there"
        plan_attempt(draft, pod.identity, container, situation, sandbox=sandbox, cause=cause, since=since)
        return
    match last.status:
        case ContainerStatus.CREATED if last.start_failed:
            _plan_ended(draft, pod, container, last, situation)
        case ContainerStatus.CREATED:
            _plan_created(draft, pod, container, last, situation)
        case ContainerStatus.RUNNING | ContainerStatus.PAUSED | ContainerStatus.RESTARTING:
            _plan_alive(draft, pod, container, last, situation)
        case ContainerStatus.EXITED | ContainerStatus.DEAD:
            _plan_ended(draft, pod, container, last, situation)
        case ContainerStatus.REMOVING:
            pass  # the event of its going will wake us
        case _ as never:
            assert_never(never)


def plan_done(draft: Draft, pod: ObservedPod, container: Container) -> None:
    """An init container that has done its work stays ended, for its log."""
    last = pod.latest(container.name)
    if last and last.alive:
        cause = "its work is done, and somebody started it again"
        plan_mend(draft, pod, _subject(pod.identity, container), RemoveContainer(last.id), cause)
    _plan_tidying(draft, pod, container, keep_dead=1)


def plan_attempt(
    draft: Draft,
    identity: PodIdentity,
    container: Container,
    situation: NodeSituation,
    *,
    sandbox: str,
    cause: str,
    since: float,
    attempt: int = 0,
    backoff: int = 0,
    after: tuple[int, ...] = (),
) -> bool:
    """Create and start an attempt in `sandbox` (its id or name); False when it has to wait."""
    retry = _retry_key(identity, container)
    if _held_back(draft, identity, container):
        return False
    if not plan_image(draft, identity, container, situation, since):
        return False
    subject = _subject(identity, container)
    image, node = situation.observed.images.get(container.image), situation.observed.node
    refusal = compute_refusal(identity.template.spec, container, image, node.features)
    if refusal:
        draft.wait(str(identity), subject, "CreateContainerConfigError", refusal)
        return False
    if not plan_image_volumes(draft, identity, container, situation, since):
        return False
    ready = await_volumes(draft, identity, subject)
    if ready is None:
        return False
    try:
        environment = resolve_environment(container, PodReferences(identity, situation))
        config = compute_container_config(
            identity,
            container,
            situation.instance,
            sandbox=sandbox,
            attempt=attempt,
            backoff=backoff,
            environment=environment,
            image=image,
            node=node,
            settings=situation.settings,
        )
        parts = plan_sub_paths(
            draft,
            identity,
            container,
            situation,
            environment,
            sandbox=sandbox,
            subject=subject,
            retry=retry,
            after=(*after, *ready),
        )
    except UnresolvedError as error:
        draft.wait(str(identity), subject, error.reason, error.message)
        return False
    if parts is None:
        return False
    name = situation.instance.container_name(identity.namespace, identity.name, identity.uid, container.name, attempt)
    # Commands may be made from variables, and engines repeat what they could not run.
    hidden = compute_hidden(container, config)
    create, start, forerunners = CreateContainer(name, config), StartContainer(name), (*after, *ready, *parts)
    created = draft.add(identity.uid, subject, create, cause, after=forerunners, retry=retry, hidden=hidden)
    draft.add(identity.uid, subject, start, cause, after=(created,), retry=retry, hidden=hidden)
    return True


def _plan_created(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    if _held_back(draft, pod.identity, container):
        return
    if _fixed_drift(pod, container, last, situation):
        _plan_remaking(draft, pod, container, last, situation)
        return
    subject, retry = _subject(pod.identity, container), _retry_key(pod.identity, container)
    start, cause, hidden = (
        StartContainer(last.name),
        "it was created and never started",
        compute_hidden(container, last.config),
    )
    draft.add(pod.identity.uid, subject, start, cause, retry=retry, hidden=hidden)


def _plan_alive(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    subject = _subject(pod.identity, container)
    if plan_its_end(draft, pod, container, last, situation):
        return
    if _fixed_drift(pod, container, last, situation):
        _plan_replacement(draft, pod, container, last, situation)
        return
    plan_unpause(draft, pod, subject, last)
    limits = _compare(pod, container, last, situation)[1]
    if not plan_resize(draft, pod, container, last, situation, wanted=limits, subject=subject):
        return
    plan_name(draft, pod, subject, last, _wanted_name(pod.identity, container, last, situation), situation)
    plan_post_start(draft, pod, container, last, situation)
    note_bad_answers(draft, pod, container, last, situation)
    _plan_tidying(draft, pod, container, keep_dead=1)


def _plan_ended(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    policy = pod.identity.template.spec.restart_policy_of(container)
    health, stop = situation.remembered.health.get(last.id, NOTHING_KNOWN), situation.remembered.stops.get(last.id)
    # One that was ended to be started with other limits has not crashed.
    resizing = stop is not None and stop.replaces and pod.resized is not None
    if not (stop and stop.replaces) and not restarts_after(last, policy, failed=bool(health.failed)):
        return
    if not resizing and not restart_is_due(last, situation.now):
        message = f"attempt {attempt_of(last)} ended with exit code {last.exit_code}; the next one waits"
        draft.wait(
            str(pod.identity), _subject(pod.identity, container), "CrashLoopBackOff", message, restart_due_at(last)
        )
        return
    attempt = attempt_of(last) + 1
    if not has_file_to_itself(pod, container, attempt):
        _plan_tidying(draft, pod, container, keep_dead=1)
        return
    planned = plan_attempt(
        draft,
        pod.identity,
        container,
        situation,
        sandbox=_sandbox_id(pod),
        cause=f"attempt {attempt_of(last)} ended with exit code {last.exit_code}",
        since=last.finished_at or situation.now,
        attempt=attempt,
        backoff=backoff_of(last) if resizing else restarts_in_a_row(last) + 1,
    )
    if planned:
        # The one that has just died stays: it is what `logs --previous` will read.
        _plan_tidying(draft, pod, container, keep_dead=1)


def _plan_replacement(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    """A running container that is not as written and cannot be mended is ended; a new attempt follows its end."""
    if _replaced_too_soon(draft, pod, container, last, situation) or _held_back(draft, pod.identity, container):
        return
    drift = _fixed_drift(pod, container, last, situation)
    grace = pod.identity.template.spec.termination_grace_period_seconds
    plan_stop(draft, pod, last, situation, grace=grace, cause=drift, replaces=True)


def _plan_remaking(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    """A container that was never started and is not as written makes room for a new attempt."""
    if _replaced_too_soon(draft, pod, container, last, situation) or _held_back(draft, pod.identity, container):
        return
    drift = _fixed_drift(pod, container, last, situation)
    subject, retry = _subject(pod.identity, container), _retry_key(pod.identity, container)
    removed = draft.add(pod.identity.uid, subject, RemoveContainer(last.id), drift, retry=retry)
    plan_attempt(
        draft,
        pod.identity,
        container,
        situation,
        sandbox=_sandbox_id(pod),
        cause=drift,
        since=situation.now,
        attempt=attempt_of(last) + 1,
        backoff=backoff_of(last) + 1,
        after=(removed,),
    )


def _replaced_too_soon(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> bool:
    """The last replacement did not help: do not go on replacing at full speed."""
    due = last.created_at + backoff_delay(backoff_of(last))
    early = due > situation.now and not lies_ahead(last.created_at, situation.now)
    if early:
        drift = _fixed_drift(pod, container, last, situation)
        draft.hold_back(str(pod.identity), _subject(pod.identity, container), "CreateContainerError", drift, due)
    return early


def _plan_tidying(draft: Draft, pod: ObservedPod, container: Container, *, keep_dead: int) -> None:
    """Remove attempts before the last ones that ended."""
    attempts = pod.attempts.get(container.name, ())
    current = attempts[-1:] if attempts and attempts[-1].alive else ()
    dead = [each for each in attempts[: len(attempts) - len(current)] if not each.alive]
    for old in dead[: max(0, len(dead) - keep_dead)]:
        plan_removal(draft, pod, container, old, "only the last attempt that ended is kept")


def _held_back(draft: Draft, identity: PodIdentity, container: Container) -> bool:
    subject = _subject(identity, container)
    return draft.held_back(_retry_key(identity, container), str(identity), subject, "CreateContainerError")


def _fixed_drift(pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation) -> str:
    return _compare(pod, container, last, situation)[0]


def _compare(
    pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> tuple[str, Limits]:
    """How an attempt differs from what is written, if it does, and the limits that it should have."""

    def compare() -> tuple[str, Limits]:
        wanted = _wanted_config(pod, container, last, situation)
        drift = compute_fixed_drift(wanted, last)
        return f"it is not as written: {drift[0]}" if drift else "", wanted.limits

    return situation.memo.recall(_COMPARISON, (pod.identity, pod.sandbox, container, last), compare)


def _wanted_config(
    pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> ContainerConfig:
    return compute_container_config(
        pod.identity,
        container,
        situation.instance,
        sandbox=_sandbox_id(pod),
        attempt=attempt_of(last),
        backoff=backoff_of(last),
        environment=recall_environment(container, last, situation.digest_key),
        image=last.image,
        node=situation.observed.node,
        settings=situation.settings,
    )


def _wanted_name(identity: PodIdentity, container: Container, last: ObservedContainer, situation: NodeSituation) -> str:
    return situation.instance.container_name(
        identity.namespace, identity.name, identity.uid, container.name, attempt_of(last)
    )


def _sandbox_id(pod: ObservedPod) -> str:
    return pod.sandbox.id if pod.sandbox else ""


def _retry_key(identity: PodIdentity, container: Container) -> str:
    return f"{identity.uid}/{container.name}"


def _subject(identity: PodIdentity, container: Container) -> str:
    return f"container {container.name} of pod {identity}"
