"""Whole pods: those that come, those that stay, and those that go."""

from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.model.labels import CONTAINER
from gitpod_sync.model.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.pods import ObservedPod, PodIdentity
from gitpod_sync.plan.configs import SANDBOX_LIMITS, compute_sandbox_config, sandbox_network
from gitpod_sync.plan.containers import plan_attempt, plan_container
from gitpod_sync.plan.mends import plan_limits, plan_name, plan_networks, plan_unpause
from gitpod_sync.plan.operations import (
    CreateContainer,
    RemoveContainer,
    RemoveVolume,
    RenameContainer,
    SignalContainer,
    StartContainer,
    UnpauseContainer,
)
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft


def plan_new_pod(
    draft: Draft, identity: PodIdentity, situation: Situation, *, cause: str, after: tuple[int, ...]
) -> None:
    """The sandbox first, then the containers in the order of the template."""
    instance, uid = situation.instance, identity.uid
    retry, subject = sandbox_retry_key(identity), _subject(identity)
    name = instance.sandbox_name(identity.namespace, identity.name)
    config = compute_sandbox_config(identity, instance, situation.observed.node)
    created = draft.add(uid, subject, CreateContainer(name, config), cause, after=after, retry=retry)
    started = draft.add(uid, subject, StartContainer(name), cause, after=(created,), retry=retry)
    for container in identity.template.spec.containers:
        plan_attempt(
            draft, identity, container, situation, sandbox=name, cause=cause, since=situation.now, after=(started,)
        )
    draft.starting.append(identity)


def plan_kept_pod(draft: Draft, state: PodState, situation: Situation) -> None:
    """Mend the sandbox where it stands, then look after every container."""
    pod, sandbox = state.pod, state.pod.sandbox
    if sandbox is None or _held_back(draft, pod):
        return
    if not _plan_sandbox(draft, pod, sandbox, situation):
        return
    for container in pod.template.spec.containers:
        plan_container(draft, pod, container, situation)


def plan_end(draft: Draft, pod: ObservedPod, situation: Situation, cause: str) -> None:
    """Mark the pod as being ended and send TERM; the mark is the sandbox's new name, so that it outlives us."""
    identity, sandbox = pod.identity, pod.sandbox
    if sandbox is None or _held_back(draft, pod):
        return
    if sandbox.status is ContainerStatus.REMOVING:
        return  # a rename in the middle would make the removal fail; its containers are orphans in a moment
    if not _alive(pod) or identity.template.spec.termination_grace_period_seconds == 0:
        _plan_removal(draft, pod, cause)
        return
    marked = situation.instance.ending_sandbox_name(identity.namespace, identity.name, identity.uid)
    draft.add(identity.uid, _subject(identity), RenameContainer(sandbox.id, marked), cause)
    _plan_termination(draft, pod, situation, cause)


def plan_ending_pod(draft: Draft, pod: ObservedPod, situation: Situation) -> None:
    """Go on with an ending: wait for the containers within the grace period, then remove everything.

    After a restart of ours the grace period starts again (it may, and is never skipped).
    """
    uid = pod.identity.uid
    if _held_back(draft, pod):
        return
    since = situation.ending_since.get(uid)
    deadline = None if since is None else since + pod.identity.template.spec.termination_grace_period_seconds
    if not _alive(pod):
        _plan_removal(draft, pod, "its containers have ended")
    elif deadline is None:
        _plan_termination(draft, pod, situation, "its ending was begun before")
    elif deadline <= situation.now:
        _plan_removal(draft, pod, "its grace period is over")
    else:
        for container in _alive(pod):
            _plan_unpause(draft, pod, container)
        draft.wake(deadline)


def sandbox_retry_key(identity: PodIdentity) -> str:
    """A pod that cannot be made has a new UID at every try: its failures go by its name and its template."""
    return f"sandbox/{identity}/{identity.template_hash}"


def _plan_sandbox(draft: Draft, pod: ObservedPod, sandbox: ObservedContainer, situation: Situation) -> bool:
    """Whether containers can be started in it now."""
    identity, instance, subject = pod.identity, situation.instance, _subject(pod.identity)
    uid, retry = identity.uid, sandbox_retry_key(identity)
    if draft.held_back(retry, str(identity), subject, "FailedCreatePodSandBox"):
        return False
    sandbox_subject = f"sandbox of {subject}"
    name = instance.sandbox_name(identity.namespace, identity.name)
    plan_name(draft, pod, sandbox_subject, sandbox, name, situation)
    if sandbox.status is ContainerStatus.CREATED:
        draft.add(uid, subject, StartContainer(sandbox.id), "its sandbox was created and never started", retry=retry)
        return False
    plan_unpause(draft, pod, sandbox_subject, sandbox)
    plan_limits(draft, pod, sandbox_subject, sandbox, SANDBOX_LIMITS)
    plan_networks(draft, pod, sandbox_subject, sandbox, sandbox_network(identity.template.spec, instance))
    return True


def _plan_termination(draft: Draft, pod: ObservedPod, situation: Situation, cause: str) -> None:
    for container in _alive(pod):
        _plan_unpause(draft, pod, container)
        signal = SignalContainer(container.id, container.stop_signal)
        draft.add(pod.identity.uid, _container_subject(pod, container), signal, cause)
    draft.begun_endings.add(pod.identity.uid)
    draft.wake(situation.now + pod.identity.template.spec.termination_grace_period_seconds)


def _plan_removal(draft: Draft, pod: ObservedPod, cause: str) -> None:
    """Containers, then the sandbox, then the volumes: what is left after a crash in between is still ours to find."""
    uid, subject = pod.identity.uid, _subject(pod.identity)
    removed = [
        draft.add(uid, _container_subject(pod, container), RemoveContainer(container.id), cause)
        for container in pod.containers
    ]
    if pod.sandbox:
        removed.append(draft.add(uid, subject, RemoveContainer(pod.sandbox.id), cause, after=removed))
    for volume in pod.volumes:
        draft.add(uid, f"volume {volume.name}", RemoveVolume(volume.name), cause, after=removed)


def _plan_unpause(draft: Draft, pod: ObservedPod, container: ObservedContainer) -> None:
    if container.status is ContainerStatus.PAUSED:
        subject = _container_subject(pod, container)
        draft.add(pod.identity.uid, subject, UnpauseContainer(container.id), "it is paused")


def _held_back(draft: Draft, pod: ObservedPod) -> bool:
    uid = pod.identity.uid
    return draft.held_back(uid, str(pod.identity), _subject(pod.identity), "FailedSync") or draft.is_busy(uid)


def _alive(pod: ObservedPod) -> tuple[ObservedContainer, ...]:
    return tuple(container for container in pod.containers if container.alive)


def _container_subject(pod: ObservedPod, container: ObservedContainer) -> str:
    name = container.labels.get(CONTAINER)
    return f"container {name} of pod {pod.identity}" if name else _subject(pod.identity)


def _subject(identity: PodIdentity) -> str:
    return f"pod {identity}"
