"""postStart and preStop. A hook is begun by one pass and found to be over by a later one.

Source of the rules: Kubernetes, "Container Lifecycle Hooks": a hook is delivered at least once; postStart begins with
the container and its failure ends the container; preStop begins before the container is told to end, and not when it
has ended by itself.
"""

from dataclasses import dataclass, replace

from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.pods.probe import LifecycleHandler
from gitpod_sync.operations.operations import RunHook
from gitpod_sync.plan.pods.container_sync import ContainerSync
from gitpod_sync.plan.pods.probing import compute_question
from gitpod_sync.plan.situation import HookRun
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, hook_key


def is_hook_over(run: HookRun, now: float) -> bool:
    """Whether it has come to its end, good or bad."""
    return run.ended_at is not None or (run.until is not None and run.until <= now)


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook to be begun; its operation may take `timeout` seconds (None: as long as it likes)."""

    kind: str
    handler: LifecycleHandler
    cause: str
    timeout: float | None = None


def plan_hook(draft: Draft, sync: ContainerSync, running: ObservedContainer, hook: Hook) -> None:
    """Begin a hook of an attempt that runs."""
    key = hook_key(running.id, hook.kind)
    if draft.is_busy(key):
        return
    handler, now = hook.handler, sync.situation.now
    until = now + handler.sleep.seconds if handler.sleep else None
    if handler.call:
        question = compute_question(handler.call, sync.container, sync.pod)
        subject = replace(sync.subject, part=Part.HOOK, hook=hook.kind)
        draft.add(key, subject, RunHook(running.id, question, hook.timeout), hook.cause)
    elif until is None:
        until = now
    draft.hooks[key] = HookRun(running.started_at or 0.0, until)
    draft.wake(until)
