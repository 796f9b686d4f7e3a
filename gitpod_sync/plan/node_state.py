"""The node as it is now: what the configuration says of it, with what it suffers from and what people have ordered.

Source of the rules: Kubernetes, "Taints and Tolerations", taint nodes by condition, and "Nodes", manual node
administration.
"""

from collections.abc import Iterable
from dataclasses import replace

from gitpod_sync.model.engine.node import Node, NodeSettings, compute_node
from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.records.cordon import Cordon
from gitpod_sync.model.records.pressure import NodeCondition
from gitpod_sync.model.scheduling.taints import DISK_PRESSURE, MEMORY_PRESSURE, UNSCHEDULABLE, Taint, TaintEffect

CONDITION_TAINTS = {
    NodeCondition.MEMORY: Taint(MEMORY_PRESSURE, "", TaintEffect.NO_SCHEDULE),
    NodeCondition.DISK: Taint(DISK_PRESSURE, "", TaintEffect.NO_SCHEDULE),
}
_CORDON = Taint(UNSCHEDULABLE, "", TaintEffect.NO_SCHEDULE)


def compute_node_now(
    machine: ObservedNode, settings: NodeSettings, conditions: Iterable[NodeCondition], cordon: Cordon
) -> Node:
    """What pods are placed on. `conditions` are those that hold."""
    node = compute_node(machine, settings)
    suffered = tuple(CONDITION_TAINTS[each] for each in conditions)
    ordered = (_CORDON,) if cordon.unschedulable else ()
    if not suffered and not ordered:
        return node
    return replace(node, taints=(*ordered, *suffered, *node.taints), drained=cordon.drained)
