"""postStart and preStop. A hook is begun by one pass and found to be over by a later one.

Source of the rules: Kubernetes, "Container Lifecycle Hooks": a hook is delivered at least once; postStart begins with
the container and its failure ends the container; preStop begins before the container is told to end, and not when it
has ended by itself.
"""

from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import Container
from gitpod_sync.model.pods.probe import LifecycleHandler
from gitpod_sync.operations.operations import RunHook
from gitpod_sync.plan.pods.probing import compute_question
from gitpod_sync.plan.situation import HookRun, NodeSituation
from gitpod_sync.plan.steps import Draft


def hook_key(container_id: str, kind: str) -> str:
    """Key of a hook's run, and of the chain that carries it out: the pod's own chain must not wait for it."""
    return f"{container_id}/{kind}"


def is_hook_over(run: HookRun, now: float) -> bool:
    """Whether it has come to its end, good or bad."""
    return run.ended_at is not None or (run.until is not None and run.until <= now)


def plan_hook(
    draft: Draft,
    pod: ObservedPod,
    container: Container,
    running: ObservedContainer,
    situation: NodeSituation,
    *,
    kind: str,
    hook: LifecycleHandler,
    timeout: float | None,
    cause: str,
) -> None:
    """Begin a hook."""
    key = hook_key(running.id, kind)
    if draft.is_busy(key):
        return
    until = situation.now + hook.sleep.seconds if hook.sleep else None
    if hook.call:
        subject = f"{kind} of container {container.name} of pod {pod.identity}"
        draft.add(key, subject, RunHook(running.id, compute_question(hook.call, container, pod), timeout), cause)
    elif until is None:
        until = situation.now
    draft.hooks[key] = HookRun(running.started_at or 0.0, until)
    draft.wake(until)
