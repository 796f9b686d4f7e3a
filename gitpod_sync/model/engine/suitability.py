"""Whether a node suits a pod, whoever else is there: its name, its labels and its taints."""

from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.scheduling.taints import TaintEffect, first_untolerated

BARRING = frozenset({TaintEffect.NO_SCHEDULE, TaintEffect.NO_EXECUTE})
ENDING = frozenset({TaintEffect.NO_EXECUTE})


def unmet_by_labels(spec: PodSpec, node: Node) -> str:
    """The requirement (nodeSelector, required nodeAffinity) that the node's labels do not meet; "" for none."""
    for key, value in sorted(spec.node_selector.items()):
        if node.labels.get(key) != value:
            having = f"is {node.labels[key]}" if key in node.labels else "is not there"
            return f"nodeSelector asks for {key}={value}, and that label of the node {having}"
    required = spec.affinity.node_affinity.required
    if required is not None and not required.matches(node.name, node.labels):
        return "no term of the required nodeAffinity describes the node"
    return ""


def why_unsuitable(spec: PodSpec, node: Node, effects: frozenset[TaintEffect]) -> str:
    """Why the node is not meant for the pod, "" when it is. Of the taints those with one of the `effects` count."""
    if spec.node_name and spec.node_name != node.name:
        return f"nodeName is {spec.node_name}, and the node is named {node.name}"
    taint = first_untolerated(node.taints, spec.tolerations, effects)
    return unmet_by_labels(spec, node) or (f"the taint {taint} of the node is not tolerated" if taint else "")
