"""What the node itself lets in, whether a scheduler was asked or the pod names the node.

Source of the rules and words: Kubernetes, "Assigning Pods to Nodes", nodeName, and the kubelet's admission (pressure,
resources, ports, node affinity, NoExecute taints). There a pod that is not let in has failed for good; here Git still
asks for it, so that it waits with the same reason.
"""

from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.suitability import ENDING, unmet_by_labels
from gitpod_sync.model.pods.qos import QosClass, compute_qos_class
from gitpod_sync.model.scheduling.priority import SYSTEM_PRIORITY
from gitpod_sync.model.scheduling.taints import DISK_PRESSURE, MEMORY_PRESSURE, first_untolerated
from gitpod_sync.plan.scheduling.filters import FilterFailure, filter_ports_and_resources
from gitpod_sync.plan.scheduling.node_resources import NodeResources
from gitpod_sync.plan.scheduling.pod_info import PodInfo


def pressure_against(pod: PodInfo, node: Node) -> str:
    """The condition under which the node takes no such pod, "" when it takes it (the kubelet's eviction, Admit).

    Whatever a pod tolerates, a full disk has room for none but what the node needs.
    """
    keys = {each.key for each in node.taints}
    if pod.identity.priority >= SYSTEM_PRIORITY:
        return ""
    if DISK_PRESSURE in keys:
        return "DiskPressure"
    memory = [each for each in node.taints if each.key == MEMORY_PRESSURE]
    tolerated = all(any(own.tolerates(each) for own in pod.template.tolerations) for each in memory)
    lasting = compute_qos_class(pod.template.spec) is not QosClass.BEST_EFFORT
    return "" if not memory or tolerated or lasting else "MemoryPressure"


def rejection(pod: PodInfo, resources: NodeResources) -> FilterFailure | None:
    """What the node has against a pod that is bound to it."""
    return _of_node(pod, resources.node) or filter_ports_and_resources(pod, resources)


def _of_node(pod: PodInfo, node: Node) -> FilterFailure | None:
    spec = pod.template.spec
    taint = first_untolerated(node.taints, spec.tolerations, ENDING)
    if taint is not None:
        return FilterFailure((f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}",), unresolvable=True)
    unmet = unmet_by_labels(spec, node)
    return (
        FilterFailure(("node(s) didn't match Pod's node affinity/selector",), unmet, unresolvable=True)
        if unmet
        else None
    )
