"""What hooks and probes mean for a container that runs."""

from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.engine.pods import attempt_of
from gitpod_sync.model.records.health import POST_START
from gitpod_sync.plan.pods.container_sync import ContainerSync
from gitpod_sync.plan.pods.hooks import Hook, is_hook_over, plan_hook
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import hook_key

UNHEALTHY = "Unhealthy"
"""The reason given for a container that runs and answers its probes badly."""


def plan_post_start(draft: Draft, sync: ContainerSync) -> None:
    """Begin postStart, once for each run of a container."""
    handler, last = sync.container.lifecycle.post_start, sync.last
    if handler is None or sync.health.post_started_at is not None or last.status is not ContainerStatus.RUNNING:
        return
    run = sync.situation.remembered.hooks.get(hook_key(last.id, POST_START))
    if run is None:
        plan_hook(draft, sync, last, Hook(POST_START, handler, f"attempt {attempt_of(last)} has been started"))
    elif not is_hook_over(run, sync.situation.now):
        draft.wake(run.until)


def note_bad_answers(draft: Draft, sync: ContainerSync) -> None:
    """Say why a container is not ready, or will be ended soon."""
    told = sync.situation.remembered.unhealthy.get(sync.last.id)
    if told is not None:
        draft.wait(sync.subject, UNHEALTHY, told)
