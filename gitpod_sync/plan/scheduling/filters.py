"""Why a pod cannot be placed on a node, in the scheduler's words.

Source of the rules and words: Kubernetes, the filters of kube-scheduler (NodeUnschedulable, NodeName, TaintToleration,
NodeAffinity, NodePorts, NodeResourcesFit, PodTopologySpread, InterPodAffinity), asked in that order; the first that
says no is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.suitability import BARRING, unmet_by_labels
from gitpod_sync.model.kinds import Role, has_role
from gitpod_sync.model.pods.requests import PODS, written
from gitpod_sync.model.scheduling.spread import SpreadConstraint, WhenUnsatisfiable
from gitpod_sync.model.scheduling.taints import UNSCHEDULABLE, first_untolerated
from gitpod_sync.plan.scheduling.node_resources import NodeResources
from gitpod_sync.plan.scheduling.pod_info import Finder, PodInfo, PodTemplateInfo, has_labels, selects

NO_PORT = "node(s) didn't have free ports for the requested pod ports"


@dataclass(frozen=True, slots=True)
class FilterFailure:
    """What is in the way: the scheduler's reasons, what they mean here, and whether the going of others could help.

    `lacking` is the first resource that is short, "" when none is.
    """

    reasons: tuple[str, ...]
    detail: str = ""
    unresolvable: bool = False
    lacking: str = ""


def filter_node(pod: PodInfo, node: Node) -> FilterFailure | None:
    """What the node itself has against the pod; nobody's going would help."""
    spec = pod.template.spec
    if is_unschedulable(pod, node):
        return UNSCHEDULABLE_NODE
    if spec.node_name and spec.node_name != node.name:
        detail = f"nodeName is {spec.node_name}, and the node is named {node.name}"
        return FilterFailure(("node(s) didn't match the requested node name",), detail, unresolvable=True)
    taint = first_untolerated(node.taints, pod.template.tolerations, BARRING)
    if taint is not None:
        return FilterFailure((f"node(s) had untolerated taint {{{taint.key}: {taint.value}}}",), unresolvable=True)
    unmet = unmet_by_labels(spec, node)
    return (
        FilterFailure(("node(s) didn't match Pod's node affinity/selector",), unmet, unresolvable=True)
        if unmet
        else None
    )


UNSCHEDULABLE_NODE = FilterFailure(
    ("node(s) were unschedulable",), "it is cordoned or drained; `gitpod-sync uncordon` ends that", unresolvable=True
)


def is_unschedulable(pod: PodInfo, node: Node) -> bool:
    """Whether a person wants no such pod on the node: a cordoned one is tolerated, a drained one by daemons alone.

    A pod that tolerates everything would come back to the node that is being emptied of it, and so for ever.
    """
    if node.drained:
        return not has_role(pod.identity.owner.kind, Role.DAEMON)
    cordon = (each for each in node.taints if each.key == UNSCHEDULABLE)
    return first_untolerated(cordon, pod.template.tolerations, BARRING) is not None


def filter_by_pods(pod: PodInfo, resources: NodeResources, namespace_labels: Finder) -> FilterFailure | None:
    """What stands against the pod in a node that suits it: what others have, and who they are."""
    return (
        filter_ports_and_resources(pod, resources)
        or _spread(pod, resources)
        or _affinity(pod, resources, namespace_labels)
        or _apartness(pod, resources, namespace_labels)
    )


def filter_ports_and_resources(pod: PodInfo, resources: NodeResources) -> FilterFailure | None:
    """Ports and resources that others have."""
    return _ports(pod, resources) or _resources(pod, resources)


def _ports(pod: PodInfo, resources: NodeResources) -> FilterFailure | None:
    for port in pod.template.ports:
        holder = resources.holder(port)
        if holder is not None:
            return FilterFailure((NO_PORT,), f"hostPort {port.host_port}/{port.protocol} is held by pod {holder}")
    return None


def _resources(pod: PodInfo, resources: NodeResources) -> FilterFailure | None:
    lacking = tuple(resources.lacking(pod.requests))
    if not lacking:
        return None
    allocatable = resources.node.allocatable
    reasons = sorted("Too many pods" if name == PODS else f"Insufficient {name}" for name in lacking)
    details = (
        f"{written(name, pod.requests[name])} of {name} are asked for, and the node has "
        f"{written(name, allocatable[name])} for all pods"
        for name in lacking
        if name != PODS
    )
    never = any(pod.requests[name] > allocatable[name] for name in lacking)
    return FilterFailure(tuple(reasons), "; ".join(details), never, lacking[0])


def _spread(pod: PodInfo, resources: NodeResources) -> FilterFailure | None:
    for constraint in pod.template.spec.topology_spread_constraints:
        if constraint.when_unsatisfiable is WhenUnsatisfiable.SCHEDULE_ANYWAY:
            continue
        reason = "node(s) didn't match pod topology spread constraints"
        if constraint.topology_key not in resources.node.labels:
            detail = f"the node has no label {constraint.topology_key}"
            return FilterFailure((f"{reason} (missing required label)",), detail, unresolvable=True)
        if _skew(constraint, pod.template, resources) > constraint.max_skew:
            return FilterFailure((reason,), f"minDomains is {constraint.min_domains}, and there is one node")
    return None


def _skew(constraint: SpreadConstraint, template: PodTemplateInfo, resources: NodeResources) -> int:
    """The node is the one domain, and so has the fewest; unless more domains are asked for: then 0 is the fewest."""

    def selected(other: PodTemplateInfo) -> bool:
        alike = constraint.match_label_keys
        return other.namespace == template.namespace and has_labels(constraint.label_selector, template, other, alike)

    own = int(selected(template))
    if constraint.min_domains <= 1:
        return own
    return own + sum(number for other, number in resources.template if selected(other))


def _affinity(pod: PodInfo, resources: NodeResources, namespace_labels: Finder) -> FilterFailure | None:
    terms = pod.template.spec.affinity.pod_affinity.required
    if not terms:
        return None
    reason = "node(s) didn't match pod affinity rules"
    missing = next((term.topology_key for term in terms if term.topology_key not in resources.node.labels), "")
    if missing:
        return FilterFailure((reason,), f"the node has no label {missing}", unresolvable=True)

    def is_meant(other: PodTemplateInfo) -> bool:
        return all(selects(term, pod.template, other, namespace_labels) for term in terms)

    if any(is_meant(other) for other, _ in resources.template) or is_meant(pod.template):
        # The first of pods that want to be together is let in alone (Kubernetes: InterPodAffinity).
        return None
    return FilterFailure((reason,), "no pod that it wants to be with is there", unresolvable=True)


def _apartness(pod: PodInfo, resources: NodeResources, namespace_labels: Finder) -> FilterFailure | None:
    labels: Mapping[str, str] = resources.node.labels
    own = [term for term in pod.template.apart if term.topology_key in labels]
    avoided = [
        _named(other)
        for other, _ in (resources.template if own else ())
        if any(selects(term, pod.template, other, namespace_labels) for term in own)
    ]
    if avoided:
        return FilterFailure(("node(s) didn't match pod anti-affinity rules",), min(avoided))

    def keeps_out(other: PodTemplateInfo) -> bool:
        terms = (term for term in other.apart if term.topology_key in labels)
        return any(selects(term, other, pod.template, namespace_labels) for term in terms)

    avoiding = [_named(other) for other in resources.keeping_apart if keeps_out(other)]
    if avoiding:
        return FilterFailure(("node(s) didn't satisfy existing pods anti-affinity rules",), min(avoiding))
    return None


def _named(template: PodTemplateInfo) -> str:
    """Pods by their labels: one of them may be gone when the next is in the way."""
    labels = ",".join(f"{key}={value}" for key, value in sorted(template.labels.items())) or "without labels"
    return f"pods {labels} of namespace {template.namespace} are there"
