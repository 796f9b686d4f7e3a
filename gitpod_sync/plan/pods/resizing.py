"""Changed limits of a container that runs: set where it stands, or by a restart where its resizePolicy asks for one.

A restart is an end with grace and then the next attempt. The end is begun here; later passes find it under way.
"""

from collections.abc import Sequence

from gitpod_sync.model.engine.container import Limits
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import Container, ResizeRestart
from gitpod_sync.plan.config.drift import FieldDrift, compute_limits_drift
from gitpod_sync.plan.pods.container_termination import plan_stop
from gitpod_sync.plan.pods.repairs import plan_limits
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft

_RESOURCES = {"memory": "memory", "cpu_quota": "cpu", "cpu_shares": "cpu"}
"""Which resource of a manifest a limit comes from."""


def plan_resize(
    draft: Draft,
    pod: ObservedPod,
    container: Container,
    last: ObservedContainer,
    situation: NodeSituation,
    *,
    wanted: Limits,
    subject: str,
) -> bool:
    """Bring a running container nearer to its limits; False when it is being ended for that."""
    drift = compute_limits_drift(wanted, last.config.limits)
    if not drift:
        return True
    cause = "; ".join(map(str, drift))
    # What a hand has changed meanwhile is set back in place: the container started with the right limits.
    if pod.resized is None or not _asks_for_restart(container, drift):
        plan_limits(draft, pod, subject, last, wanted)
        return True
    grace = pod.template.spec.termination_grace_period_seconds
    plan_stop(draft, pod, last, situation, grace=grace, cause=f"{cause}: a restart is due", replaces=True)
    return False


def _asks_for_restart(container: Container, drift: Sequence[FieldDrift]) -> bool:
    """Whether one of these limits means something to the container only when it starts anew."""
    restarting = {
        policy.resource_name
        for policy in container.resize_policy
        if policy.restart_policy is ResizeRestart.RESTART_CONTAINER
    }
    return any(_RESOURCES.get(each.field) in restarting for each in drift)
