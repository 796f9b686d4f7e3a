"""What hooks and probes mean for a container that runs."""

from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod, attempt_of
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.health import NOTHING_KNOWN, POST_START, Health
from gitpod_sync.plan.pods.container_termination import plan_stop
from gitpod_sync.plan.pods.hooks import hook_key, is_hook_over, plan_hook
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft

UNHEALTHY = "Unhealthy"
"""The reason given for a container that runs and answers its probes badly."""


def plan_its_end(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> bool:
    """Whether the container is being ended, or has to be because a probe or postStart failed; goes on with that."""
    health, stop = situation.remembered.health.get(last.id, NOTHING_KNOWN), situation.remembered.stops.get(last.id)
    if health.failed:
        plan_stop(draft, pod, last, situation, grace=_grace_after(pod, container, health), cause=health.failed)
    elif stop is not None:
        plan_stop(draft, pod, last, situation, grace=stop.grace, cause="its end had begun before")
    return bool(health.failed) or stop is not None


def plan_post_start(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    """Begin postStart, once for each run of a container."""
    hook, health = container.lifecycle.post_start, situation.remembered.health.get(last.id, NOTHING_KNOWN)
    if hook is None or health.post_started_at is not None or last.status is not ContainerStatus.RUNNING:
        return
    run = situation.remembered.hooks.get(hook_key(last.id, POST_START))
    if run is None:
        cause = f"attempt {attempt_of(last)} has been started"
        plan_hook(draft, pod, container, last, situation, kind=POST_START, hook=hook, timeout=None, cause=cause)
    elif not is_hook_over(run, situation.now):
        draft.wake(run.until)


def note_bad_answers(
    draft: Draft, pod: ObservedPod, container: Container, last: ObservedContainer, situation: NodeSituation
) -> None:
    """Say why a container is not ready, or will be ended soon."""
    if last.id in situation.remembered.unhealthy:
        subject = f"container {container.name} of pod {pod.identity}"
        draft.wait(str(pod.identity), subject, UNHEALTHY, situation.remembered.unhealthy[last.id])


def _grace_after(pod: ObservedPod, container: Container, health: Health) -> int:
    """Seconds that the container is given; the probe that had it ended may say how many."""
    probes = {ProbeKind.STARTUP: container.startup_probe, ProbeKind.LIVENESS: container.liveness_probe}
    probe = next((probe for kind, probe in probes.items() if probe and kind == health.failed_by), None)
    own = probe.termination_grace_period_seconds if probe else None
    return pod.identity.template.spec.termination_grace_period_seconds if own is None else own
