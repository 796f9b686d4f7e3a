"""Small repairs of what stays: a name, a pause, limits, a network, a dead attempt too many.

Each is held back by itself: one that cannot be done holds up no other. So is one that was done and is wanted again at
once, since it did not last: otherwise what an engine takes and does not keep would be asked for at full speed.
"""

from gitpod_sync.model.engine.container import Limits
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.operations.operations import (
    ConnectNetwork,
    DisconnectNetwork,
    RemoveContainer,
    RenameContainer,
    UnpauseContainer,
    UpdateContainer,
)
from gitpod_sync.plan.config.drift import compute_limits_drift
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Subject

Mend = ConnectNetwork | DisconnectNetwork | RemoveContainer | RenameContainer | UnpauseContainer | UpdateContainer


def plan_mend(draft: Draft, pod: ObservedPod, subject: Subject, operation: Mend, cause: str) -> None:
    """One repair, unless this very one, with all its details, is held back."""
    retry = repr(operation)
    if not draft.held_back(retry, subject, "FailedSync"):
        draft.add(pod.identity.uid, subject, operation, cause, retry=retry, lasting=True)


def plan_unpause(draft: Draft, pod: ObservedPod, subject: Subject, container: ObservedContainer) -> None:
    """Let it go on when it is paused."""
    if container.status is ContainerStatus.PAUSED:
        plan_mend(draft, pod, subject, UnpauseContainer(container.id), "it is paused")


def plan_networks(draft: Draft, pod: ObservedPod, subject: Subject, sandbox: ObservedContainer, wanted: str) -> None:
    """Have it on its one network, and on no other."""
    if wanted not in sandbox.networks:
        plan_mend(draft, pod, subject, ConnectNetwork(sandbox.id, wanted), f"it is not connected to {wanted}")
    for other in sorted(sandbox.networks.keys() - {wanted}):
        plan_mend(draft, pod, subject, DisconnectNetwork(sandbox.id, other), f"it is connected to {other}")


def plan_limits(draft: Draft, pod: ObservedPod, subject: Subject, container: ObservedContainer, wanted: Limits) -> None:
    """Set back limits that are not as written."""
    drift = compute_limits_drift(wanted, container.config.limits)
    if drift:
        cause = "; ".join(map(str, drift))
        plan_mend(draft, pod, subject, UpdateContainer(container.id, wanted), cause)


def plan_name(
    draft: Draft,
    pod: ObservedPod,
    subject: Subject,
    container: ObservedContainer,
    wanted: str,
    situation: NodeSituation,
) -> None:
    """Give it its name back.

    While another one of ours holds that name it steps aside instead: when two have each other's name, one that waited
    for the other would wait for ever.
    """
    if container.name == wanted:
        return
    aside = situation.instance.aside_name(container.id)
    held = any(each.name == wanted for each in situation.observed.containers)
    if not held:
        plan_mend(draft, pod, subject, RenameContainer(container.id, wanted), f"it is named {container.name}")
    elif container.name != aside:
        cause = f"it is named {container.name}, and another one is named {wanted}"
        plan_mend(draft, pod, subject, RenameContainer(container.id, aside), cause)
    else:
        draft.hold_back(subject, "FailedSync", f"another one is named {wanted}")
