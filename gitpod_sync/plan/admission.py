"""Which pods may come while the node is short of something.

Source of the rules and words: Kubernetes, "Node-pressure Eviction", node conditions, and "Taints and Tolerations",
taint nodes by condition: under memory pressure pods that promise nothing (BestEffort) wait, under disk pressure all.
"""

from gitpod_sync.model.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pressure import NodeCondition, holding
from gitpod_sync.model.qos import QosClass, compute_qos_class
from gitpod_sync.model.taints import Taint, TaintEffect
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.victims import SYSTEM_PRIORITY

_TAINTS = {
    NodeCondition.MEMORY: "node.kubernetes.io/memory-pressure",
    NodeCondition.DISK: "node.kubernetes.io/disk-pressure",
}


def is_admitted(draft: Draft, identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation) -> bool:
    """Whether the pod may be made now; otherwise the reason is noted. `predecessor` is an evicted pod of its name."""
    kept_out = why_kept_out(identity, predecessor, situation)
    if kept_out is not None:
        message, end = kept_out
        draft.wait(str(identity), f"pod {identity}", "Unschedulable", message, end)
    return kept_out is None


def why_kept_out(
    identity: PodIdentity, predecessor: ObservedPod | None, situation: Situation
) -> tuple[str, float | None] | None:
    """Why the pod may not be made now, and until when if that is known.

    A bare pod that was evicted waits for the end of the pressure whatever it promises: made again at once it would be
    the next to go. A controller makes another one, as in Kubernetes.
    """
    if predecessor is not None and not predecessor.vacated:
        return "the evicted pod of its name is still being ended", None
    held = holding(situation.pressure, situation.settings.eviction, situation.now)
    for condition, end in held.items():
        again = predecessor is not None and identity.owner.kind == "Pod"
        if again or _is_kept_out(identity, condition):
            taint = f"0/1 nodes are available: 1 node(s) had untolerated taint {{{_TAINTS[condition]}: }}."
            waits = " It was evicted, and is made again when the node is well." if again else ""
            return f"{taint}{waits}", end
    return None


def _is_kept_out(identity: PodIdentity, condition: NodeCondition) -> bool:
    """Pods of a DaemonSet tolerate the taints by themselves, and so do under short memory those that promise something.

    Under disk pressure the node itself takes none but what it needs (Kubernetes: the kubelet's eviction, Admit).
    """
    spec = identity.template.spec
    taint = Taint(_TAINTS[condition], "", TaintEffect.NO_SCHEDULE)
    tolerated = identity.owner.kind == "DaemonSet" or any(each.tolerates(taint) for each in spec.tolerations)
    if condition is NodeCondition.DISK:
        return not tolerated or identity.priority < SYSTEM_PRIORITY
    return not tolerated and compute_qos_class(spec) is QosClass.BEST_EFFORT
