"""Pods that wait for what was evicted before them.

One that would be placed on a node that is short of something is refused by `plan.schedule`, which knows its taints.
"""

from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.records.pressure import holding
from gitpod_sync.plan.node_state import CONDITION_TAINTS
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft


def is_admitted(draft: Draft, identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation) -> bool:
    """Whether the pod may be made now; otherwise the reason is noted. `predecessor` is an evicted pod of its name."""
    message = why_kept_out(identity, predecessor, situation)
    if message:
        draft.wait(str(identity), f"pod {identity}", "Unschedulable", message)
    return not message


def why_kept_out(identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation) -> str:
    """Why the pod may not be made now; "" when it may.

    A bare pod that was evicted waits for the end of the pressure whatever it promises: made again at once it would be
    the next to go. A controller makes another one, as in Kubernetes.
    """
    if predecessor is None:
        return ""
    if not predecessor.vacated:
        return "the evicted pod of its name is still being ended"
    held = holding(situation.measured.pressure, situation.settings.eviction, situation.now)
    if not held or identity.owner.kind != "Pod":
        return ""
    return (
        f"0/1 nodes are available: 1 node(s) had untolerated taint {{{CONDITION_TAINTS[min(held)].key}: }}. "
        "It was evicted, and is made again when the node is well."
    )
