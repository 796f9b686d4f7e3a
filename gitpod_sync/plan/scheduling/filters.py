"""Why a pod cannot be placed on a node, in the scheduler's words.

Source of the rules and words: Kubernetes, the filters of kube-scheduler (NodeUnschedulable, NodeName, TaintToleration,
NodeAffinity, NodePorts, NodeResourcesFit, PodTopologySpread, InterPodAffinity), asked in that order; the first that
says no is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.suitability import BARRING, unmet_by_labels
from gitpod_sync.model.pods.requests import PODS, written
from gitpod_sync.model.scheduling.spread import SpreadConstraint, WhenUnsatisfiable
from gitpod_sync.model.scheduling.taints import UNSCHEDULABLE, first_untolerated
from gitpod_sync.plan.scheduling.node_resources import Room
from gitpod_sync.plan.scheduling.pod_info import Finder, Guest, Kin, has_labels, selects

NO_PORT = "node(s) didn't have free ports for the requested pod ports"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is in the way: the scheduler's reasons, what they mean here, and whether the going of others could help.

    `lacking` is the first resource that is short, "" when none is.
    """

    reasons: tuple[str, ...]
    detail: str = ""
    helpless: bool = False
    lacking: str = ""


def obstacle_of_node(guest: Guest, node: Node) -> Obstacle | None:
    """What the node itself has against the pod; nobody's going would help."""
    spec = guest.kin.spec
    if is_unschedulable(guest, node):
        return UNSCHEDULABLE_NODE
    if spec.node_name and spec.node_name != node.name:
        detail = f"nodeName is {spec.node_name}, and the node is named {node.name}"
        return Obstacle(("node(s) didn't match the requested node name",), detail, helpless=True)
    taint = first_untolerated(node.taints, guest.kin.tolerations, BARRING)
    if taint is not None:
        return Obstacle((f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}",), helpless=True)
    unmet = unmet_by_labels(spec, node)
    return Obstacle(("node(s) didn't match Pod's node affinity/selector",), unmet, helpless=True) if unmet else None


UNSCHEDULABLE_NODE = Obstacle(
    ("node(s) were unschedulable",), "it is cordoned or drained; `gitpod-sync uncordon` lifts that", helpless=True
)


def is_unschedulable(guest: Guest, node: Node) -> bool:
    """Whether a person wants no such pod on the node: a cordoned one is tolerated, a drained one by daemons alone.

    A pod that tolerates everything would come back to the node that is being emptied of it, and so for ever.
    """
    if node.drained:
        return guest.identity.owner.kind != "DaemonSet"
    cordon = (each for each in node.taints if each.key == UNSCHEDULABLE)
    return first_untolerated(cordon, guest.kin.tolerations, BARRING) is not None


def obstacle_of_room(guest: Guest, room: Room, namespace_labels: Finder) -> Obstacle | None:
    """What stands against the pod in a node that suits it: what others have, and who they are."""
    return (
        obstacle_of_guests(guest, room)
        or _spread(guest, room)
        or _affinity(guest, room, namespace_labels)
        or _apartness(guest, room, namespace_labels)
    )


def obstacle_of_guests(guest: Guest, room: Room) -> Obstacle | None:
    """Ports and resources that others have."""
    return _ports(guest, room) or _resources(guest, room)


def _ports(guest: Guest, room: Room) -> Obstacle | None:
    for port in guest.kin.ports:
        holder = room.holder(port)
        if holder is not None:
            return Obstacle((NO_PORT,), f"hostPort {port.host_port}/{port.protocol} is held by pod {holder}")
    return None


def _resources(guest: Guest, room: Room) -> Obstacle | None:
    lacking = tuple(room.lacking(guest.requests))
    if not lacking:
        return None
    allocatable = room.node.allocatable
    reasons = sorted("Too many pods" if name == PODS else f"Insufficient {name}" for name in lacking)
    details = (
        f"{written(name, guest.requests[name])} of {name} are asked for, and the node has "
        f"{written(name, allocatable[name])} for all pods"
        for name in lacking
        if name != PODS
    )
    never = any(guest.requests[name] > allocatable[name] for name in lacking)
    return Obstacle(tuple(reasons), "; ".join(details), never, lacking[0])


def _spread(guest: Guest, room: Room) -> Obstacle | None:
    for constraint in guest.kin.spec.topology_spread_constraints:
        if constraint.when_unsatisfiable is WhenUnsatisfiable.SCHEDULE_ANYWAY:
            continue
        reason = "node(s) didn't match pod topology spread constraints"
        if constraint.topology_key not in room.node.labels:
            detail = f"the node has no label {constraint.topology_key}"
            return Obstacle((f"{reason} (missing required label)",), detail, helpless=True)
        if _skew(constraint, guest.kin, room) > constraint.max_skew:
            return Obstacle((reason,), f"minDomains is {constraint.min_domains}, and there is one node")
    return None


def _skew(constraint: SpreadConstraint, kin: Kin, room: Room) -> int:
    """The node is the one domain, and so has the fewest; unless more domains are asked for: then 0 is the fewest."""

    def selected(other: Kin) -> bool:
        alike = constraint.match_label_keys
        return other.namespace == kin.namespace and has_labels(constraint.label_selector, kin, other, alike)

    own = int(selected(kin))
    if constraint.min_domains <= 1:
        return own
    return own + sum(number for other, number in room.kin if selected(other))


def _affinity(guest: Guest, room: Room, namespace_labels: Finder) -> Obstacle | None:
    terms = guest.kin.spec.affinity.pod_affinity.required
    if not terms:
        return None
    reason = "node(s) didn't match pod affinity rules"
    missing = next((term.topology_key for term in terms if term.topology_key not in room.node.labels), "")
    if missing:
        return Obstacle((reason,), f"the node has no label {missing}", helpless=True)

    def is_meant(other: Kin) -> bool:
        return all(selects(term, guest.kin, other, namespace_labels) for term in terms)

    if any(is_meant(other) for other, _ in room.kin) or is_meant(guest.kin):
        # The first of pods that want to be together is let in alone (Kubernetes: InterPodAffinity).
        return None
    return Obstacle((reason,), "no pod that it wants to be with is there", helpless=True)


def _apartness(guest: Guest, room: Room, namespace_labels: Finder) -> Obstacle | None:
    labels: Mapping[str, str] = room.node.labels
    own = [term for term in guest.kin.apart if term.topology_key in labels]
    avoided = [
        _named(other)
        for other, _ in (room.kin if own else ())
        if any(selects(term, guest.kin, other, namespace_labels) for term in own)
    ]
    if avoided:
        return Obstacle(("node(s) didn't match pod anti-affinity rules",), min(avoided))

    def keeps_out(other: Kin) -> bool:
        terms = (term for term in other.apart if term.topology_key in labels)
        return any(selects(term, other, guest.kin, namespace_labels) for term in terms)

    avoiding = [_named(other) for other in room.keeping_apart if keeps_out(other)]
    if avoiding:
        return Obstacle(("node(s) didn't satisfy existing pods anti-affinity rules",), min(avoiding))
    return None


def _named(kin: Kin) -> str:
    """Pods by their labels: one of them may be gone when the next is in the way."""
    labels = ",".join(f"{key}={value}" for key, value in sorted(kin.labels.items())) or "without labels"
    return f"pods {labels} of namespace {kin.namespace} are there"
