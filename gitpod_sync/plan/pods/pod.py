"""Whole pods: those that come, and those that stay."""

from gitpod_sync.controllers.pod.pod_state import PodState, deadline_of
from gitpod_sync.controllers.pod.start_order import compute_start_order
from gitpod_sync.model.engine.node import memory_for_pods
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.operations.operations import (
    CreateContainer,
    StartContainer,
)
from gitpod_sync.plan.config.container_config import SANDBOX_LIMITS, compute_sandbox_config, sandbox_network
from gitpod_sync.plan.pods.attempt import Attempt, plan_attempt
from gitpod_sync.plan.pods.container import plan_container, plan_done
from gitpod_sync.plan.pods.container_sync import ContainerSync
from gitpod_sync.plan.pods.pod_termination import plan_rest, plan_sandbox_rest
from gitpod_sync.plan.pods.repairs import plan_limits, plan_name, plan_networks, plan_unpause
from gitpod_sync.plan.pods.sandbox_loss import judged_at
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, part_of, pod_subject, sandbox_retry_key
from gitpod_sync.plan.volumes.claims import with_claim_labels
from gitpod_sync.plan.volumes.volumes import plan_volumes


def plan_new_pod(
    draft: Draft, identity: PodIdentity, situation: NodeSituation, *, cause: str, after: tuple[int, ...]
) -> None:
    """The sandbox first, then the containers that may start at once, in the order of the template."""
    instance, uid = situation.instance, identity.uid
    retry, subject = sandbox_retry_key(identity), pod_subject(identity)
    name = instance.sandbox_name(identity.namespace, identity.name)
    node = situation.observed.node
    memory = memory_for_pods(node, situation.settings.node)
    config = with_claim_labels(compute_sandbox_config(identity, instance, most_memory=memory), situation)
    created = draft.add(uid, subject, CreateContainer(name, config), cause, after=after, retry=retry)
    started = draft.add(uid, subject, StartContainer(name), cause, after=(created,), retry=retry)
    attempt = Attempt(name, cause, situation.now, after=(started,))
    for container in compute_start_order(ObservedPod(identity), {}).due:
        plan_attempt(draft, identity, container, situation, attempt)
    draft.starting.append(identity)


def plan_kept_pod(draft: Draft, state: PodState, situation: NodeSituation) -> None:
    """Mend the sandbox where it stands, then look after every container."""
    pod, sandbox = state.pod, state.pod.sandbox
    if sandbox is None or _held_back(draft, pod):
        return
    if state.outcome and not sandbox.alive:
        return
    if not state.outcome:
        draft.wake(deadline_of(pod))
    later = judged_at(pod, situation.instance, situation.now, situation.memo)
    if later is not None:
        draft.wake(later)
        return
    if not _plan_sandbox(draft, pod, sandbox, situation):
        return
    if state.outcome:
        plan_rest(draft, state, situation)
        plan_sandbox_rest(draft, state)
        return
    if pod.pending_resize is not None:
        pending = pod.pending_resize
        draft.wait(pod_subject(pod.identity), f"Resize{pending.reason}", pending.message)
    plan_volumes(draft, pod, sandbox, situation)
    order = compute_start_order(pod, situation.remembered.health)
    for container in order.due:
        plan_container(draft, ContainerSync(pod, container, situation))
    for container in order.done:
        plan_done(draft, ContainerSync(pod, container, situation))


def _plan_sandbox(draft: Draft, pod: ObservedPod, sandbox: ObservedContainer, situation: NodeSituation) -> bool:
    """Whether containers can be started in it now."""
    identity, instance, subject = pod.identity, situation.instance, pod_subject(pod.identity)
    uid, retry = identity.uid, sandbox_retry_key(identity)
    if draft.held_back(retry, subject, "FailedCreatePodSandBox"):
        return False
    sandbox_subject = part_of(identity, Part.SANDBOX)
    name = instance.sandbox_name(identity.namespace, identity.name)
    plan_name(draft, pod, sandbox_subject, sandbox, name, situation)
    if sandbox.status is ContainerStatus.CREATED:
        draft.add(uid, subject, StartContainer(sandbox.id), "its sandbox was created and never started", retry=retry)
        return False
    plan_unpause(draft, pod, sandbox_subject, sandbox)
    plan_limits(draft, pod, sandbox_subject, sandbox, SANDBOX_LIMITS)
    plan_networks(draft, pod, sandbox_subject, sandbox, sandbox_network(identity.template.spec, instance))
    return True


def _held_back(draft: Draft, pod: ObservedPod) -> bool:
    uid = pod.identity.uid
    return draft.held_back(uid, pod_subject(pod.identity), "FailedSync") or draft.is_busy(uid)
