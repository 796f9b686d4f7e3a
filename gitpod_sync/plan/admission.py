"""Which pods may come while the node is short of something.

Source of the rules and words: Kubernetes, "Node-pressure Eviction", node conditions, and "Taints and Tolerations",
taint nodes by condition: under memory pressure pods that promise nothing (BestEffort) wait, under disk pressure all.
"""

from gitpod_sync.model.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pressure import NodeCondition, holding
from gitpod_sync.model.qos import QosClass, compute_qos_class
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft

_TAINTS = {
    NodeCondition.MEMORY: "node.kubernetes.io/memory-pressure",
    NodeCondition.DISK: "node.kubernetes.io/disk-pressure",
}


def is_admitted(draft: Draft, identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation) -> bool:
    """Whether the pod may be made now; otherwise the reason is noted. `predecessor` is an evicted pod of its name.

    A bare pod that was evicted waits for the end of the pressure whatever it promises: made again at once it would be
    the next to go. A controller makes another one, as in Kubernetes.
    """
    subject = f"pod {identity}"
    if predecessor is not None and not predecessor.vacated:
        draft.wait(str(identity), subject, "Unschedulable", "the evicted pod of its name is still being ended")
        return False
    held = holding(situation.pressure, situation.settings.eviction, situation.now)
    for condition, end in held.items():
        again = predecessor is not None and identity.owner.kind == "Pod"
        if again or _is_kept_out(identity, condition):
            taint = f"0/1 nodes are available: 1 node(s) had untolerated taint {{{_TAINTS[condition]}: }}."
            waits = " It was evicted, and is made again when the node is well." if again else ""
            draft.wait(str(identity), subject, "Unschedulable", f"{taint}{waits}", end)
            return False
    return True


def _is_kept_out(identity: PodIdentity, condition: NodeCondition) -> bool:
    if condition is NodeCondition.DISK:
        return True
    return compute_qos_class(identity.template.spec) is QosClass.BEST_EFFORT
