"""What is said of a pod that has no place, as kubectl shows it, and what it means here."""

from gitpod_sync.plan.scheduling.filters import NO_PORT, FilterFailure
from gitpod_sync.plan.scheduling.node_resources import NodeResources
from gitpod_sync.plan.scheduling.pod_info import PodInfo

UNSCHEDULABLE = "Unschedulable"
NO_VICTIMS = "0/1 nodes are available: 1 No preemption victims found for incoming pod."
NOT_HELPFUL = "0/1 nodes are available: 1 Preemption is not helpful for scheduling."
NEVER = "not eligible due to preemptionPolicy=Never."
LEAVING = "not eligible due to terminating pod on the nominated node."


def is_rejection(reason: str) -> bool:
    """Whether it is the node that does not let a pod in, and not that no place was found for it."""
    return reason.startswith("OutOf") or reason in {"NodePorts", "TaintToleration", "NodeAffinity"}


def render_obstacle(failure: FilterFailure, preemption: str) -> str:
    """`0/1 nodes are available: 1 Insufficient memory. preemption: …`, and in brackets what is meant."""
    reasons = ", ".join(f"1 {reason}" for reason in failure.reasons)
    detail = f" ({failure.detail})" if failure.detail else ""
    return f"0/1 nodes are available: {reasons}. preemption: {preemption}{detail}"


def render_condition(condition: str) -> str:
    """The kubelet's words for a pod that comes to a node which is short of something."""
    return f"Pod was rejected: The node had condition: [{condition}]."


def render_rejection(pod: PodInfo, failure: FilterFailure, resources: NodeResources) -> tuple[str, str]:
    """Reason and message for a pod that was bound to the node by its nodeName, in the kubelet's words.

    Source: Kubernetes, pkg/kubelet/lifecycle, the admission of pods.
    """
    name = failure.lacking
    if name:
        asked, used, capacity = pod.requests[name], resources.used[name], resources.node.allocatable[name]
        amounts = f"requested: {asked}, used: {used}, capacity: {capacity}"
        return f"OutOf{name}", f"Pod was rejected: Node didn't have enough resource: {name}, {amounts}"
    detail = f" ({failure.detail})" if failure.detail else ""
    if failure.reasons == (NO_PORT,):
        return "NodePorts", f"Pod was rejected: Predicate NodePorts failed: {NO_PORT}{detail}"
    predicate = "TaintToleration" if "untolerated taint" in failure.reasons[0] else "NodeAffinity"
    return predicate, f"Pod was rejected: Predicate {predicate} failed: {failure.reasons[0]}{detail}"
