"""Pods that wait for what was evicted before them.

One that would be placed on a node that is short of something is refused by `plan.schedule`, which knows its taints.
"""

from collections.abc import Mapping

from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.records.pressure import NodeCondition
from gitpod_sync.plan.node_state import CONDITION_TAINTS


def why_kept_out(identity: PodIdentity, predecessor: ObservedPod | None, held: Mapping[NodeCondition, float]) -> str:
    """Why the pod may not be made now; "" when it may. `predecessor` is an evicted pod of its name.

    `held` are the conditions that the node is in.

    A bare pod that was evicted waits for the end of the pressure whatever it promises: made again at once it would be
    the next to go. A controller makes another one, as in Kubernetes.
    """
    if predecessor is None:
        return ""
    if not predecessor.vacated:
        return "the evicted pod of its name is still being ended"
    if not held or identity.owner.kind != "Pod":
        return ""
    return (
        f"0/1 nodes are available: 1 node(s) had untolerated taint {{{CONDITION_TAINTS[min(held)].key}: }}. "
        "It was evicted, and is made again when the node is well."
    )
