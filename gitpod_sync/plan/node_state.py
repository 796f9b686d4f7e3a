"""The node as it is now: what the configuration says of it, with what it suffers from and what people have ordered.

Source of the rules: Kubernetes, "Taints and Tolerations", taint nodes by condition, and "Nodes", manual node
administration.
"""

from collections.abc import Iterable
from dataclasses import replace

from gitpod_sync.model.engine.node import Node, NodeSettings, compute_node
from gitpod_sync.model.engine.observed import ObservedNode
from gitpod_sync.model.records.cordon import Cordon
from gitpod_sync.model.records.pressure import NodeCondition, holding
from gitpod_sync.model.scheduling.taints import DISK_PRESSURE, MEMORY_PRESSURE, UNSCHEDULABLE, Taint, TaintEffect
from gitpod_sync.plan.situation import Situation

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


def compute_placing_node(situation: Situation, cordon: Cordon) -> Node:
    """What pods are placed on in this pass."""
    held = holding(situation.measured.pressure, situation.settings.eviction, situation.now)
    return compute_node_now(situation.observed.node, situation.settings.node, held, cordon)


def next_relief(situation: Situation) -> float | None:
    """When the first of the conditions is over if it is not met again, so that pods may come."""
    held = holding(situation.measured.pressure, situation.settings.eviction, situation.now)
    return min(held.values(), default=None)
