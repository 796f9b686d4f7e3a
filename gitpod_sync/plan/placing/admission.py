"""Pods that name the node themselves: no scheduler is asked, but the node itself lets them in or not.

Source of the rules: Kubernetes, "Assigning Pods to Nodes", nodeName, and the kubelet's admission (resources, ports,
node affinity, NoExecute taints). There a pod that is not let in has failed for good; here Git still asks for it, so
that it waits with the same reason.
"""

from gitpod_sync.model.node import Node
from gitpod_sync.model.suitability import ENDING, unmet_by_labels
from gitpod_sync.model.taints import first_untolerated
from gitpod_sync.plan.placing.guests import Guest
from gitpod_sync.plan.placing.obstacles import Obstacle, obstacle_of_guests
from gitpod_sync.plan.placing.room import Room


def rejection(guest: Guest, room: Room) -> Obstacle | None:
    """What the node has against a pod that is bound to it."""
    return _of_node(guest, room.node) or obstacle_of_guests(guest, room)


def _of_node(guest: Guest, node: Node) -> Obstacle | None:
    spec = guest.kin.spec
    taint = first_untolerated(node.taints, spec.tolerations, ENDING)
    if taint is not None:
        return Obstacle((f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}",), helpless=True)
    unmet = unmet_by_labels(spec, node)
    return Obstacle(("node(s) didn't match Pod's node affinity/selector",), unmet, helpless=True) if unmet else None
