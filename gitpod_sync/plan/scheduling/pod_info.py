"""Pods as a node sees them: what they ask for, the ports they hold, and what they want of their neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from weakref import WeakValueDictionary

from gitpod_sync.controllers.pod.pod_state import PodState, is_over
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.engine.container import PublishedPort
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.kinds import Role, kinds_with
from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.pods.qos import QosClass, compute_qos_class
from gitpod_sync.model.pods.requests import Amounts, compute_requests
from gitpod_sync.model.scheduling.affinity import PodTerm
from gitpod_sync.model.scheduling.taints import MEMORY_PRESSURE, TaintEffect, Toleration, TolerationOperator
from gitpod_sync.plan.config.container_config import published_ports

TEMPLATE_HASH_LABEL = "pod-template-hash"
"""The label that a Deployment's pods have in Kubernetes; `matchLabelKeys` is mostly used with it."""

_BEARS_SHORT_MEMORY = Toleration(MEMORY_PRESSURE, TolerationOperator.EXISTS, effect=TaintEffect.NO_SCHEDULE)
"""What Kubernetes gives to every pod that promises something (the admission plugin PodTolerationRestriction)."""

_ALIKE = frozenset(kinds_with(Role.ALIKE))


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PodTemplateInfo:
    """What pods of one template in one namespace have in common. `apart` are terms of required anti-affinity.

    `tolerations` are the pod's own and those that every pod of its kind has.
    """

    namespace: str
    labels: Mapping[str, str]
    spec: PodSpec
    requests: Amounts
    ports: tuple[PublishedPort, ...]
    apart: tuple[PodTerm, ...]
    tolerations: tuple[Toleration, ...] = ()


@dataclass(frozen=True, slots=True)
class PodInfo:
    """One pod on a node, or on its way there. `since` is when it was made, `inf` while it is not yet.

    One that is `over` has come to its end: nothing is left of it but the ports that its sandbox holds. When
    its sandbox has stopped as well, it is `gone`, and holds nothing.
    """

    identity: PodIdentity
    template: PodTemplateInfo
    requests: Amounts
    leaving: bool = False
    over: bool = False
    gone: bool = False
    since: float = float("inf")

    @property
    def importance(self) -> tuple[int, float, str]:
        """Sort key: the least important first (Kubernetes: MoreImportantPod): a lower priority, then the newer."""
        return (self.identity.priority, -self.since, self.identity.uid)


class PodInfoCache:
    """Makes `PodInfo`; what pods of one template have in common is computed once."""

    def __init__(self) -> None:
        self._template: WeakValueDictionary[tuple[str, str, str, str], PodTemplateInfo] = WeakValueDictionary()
        """For as long as a pod of it is known."""

    def of_state(self, state: PodState, *, leaving: bool) -> PodInfo:
        """A pod that is there, or on its way."""
        pod = state.pod
        template = self.template(pod.identity)
        requests = template.requests if pod.resized is None else compute_requests(pod.template.spec)
        created = float("inf") if pod.created_at is None else pod.created_at
        over = is_over(state)
        gone = over and not (pod.sandbox and pod.sandbox.alive)
        return PodInfo(pod.identity, template, requests, leaving, over, gone, created)

    def of_pending(self, identity: PodIdentity) -> PodInfo:
        """A pod that is not there yet."""
        template = self.template(identity)
        return PodInfo(identity, template, template.requests)

    def template(self, identity: PodIdentity) -> PodTemplateInfo:
        """What the pod shares with others of its template."""
        own = "" if identity.owner.kind in _ALIKE else identity.name
        key = (identity.namespace, identity.owner.kind, identity.template_hash, own)
        found = self._template.get(key)
        if found is None:
            found = self._template[key] = _template(identity)
        return found


def labels_of(identity: PodIdentity) -> Mapping[str, str]:
    """The labels by which selectors find the pod."""
    labels = identity.template.metadata.labels
    if identity.owner.kind == "Deployment":
        return {TEMPLATE_HASH_LABEL: identity.template_hash, **labels}
    return labels


def _template(identity: PodIdentity) -> PodTemplateInfo:
    spec = identity.template.spec
    promises = compute_qos_class(spec) is not QosClass.BEST_EFFORT
    return PodTemplateInfo(
        identity.namespace,
        labels_of(identity),
        spec,
        compute_requests(spec),
        published_ports(spec),
        spec.affinity.pod_anti_affinity.required,
        (*spec.tolerations, _BEARS_SHORT_MEMORY) if promises else spec.tolerations,
    )


Finder = Callable[[str], Mapping[str, str]]
"""The labels of a namespace, by its name."""


def selects(term: PodTerm, asking: PodTemplateInfo, other: PodTemplateInfo, namespace_labels: Finder) -> bool:
    """Whether `other` is among the pods that a term of `asking` is about."""
    return _in_namespace(term, asking, other, namespace_labels) and has_labels(
        term.label_selector, asking, other, term.match_label_keys, term.mismatch_label_keys
    )


def has_labels(
    selector: LabelSelector | None,
    asking: PodTemplateInfo,
    other: PodTemplateInfo,
    alike: tuple[str, ...] = (),
    unlike: tuple[str, ...] = (),
) -> bool:
    """Whether the selector takes the other's labels, and these keys are alike, and those unlike, on both.

    A key that the asking pod does not have is passed over (Kubernetes: PodAffinityTerm, matchLabelKeys).
    """
    if selector is None or not selector.matches(other.labels):
        return False
    own = asking.labels
    return all(own[key] == other.labels.get(key) for key in alike if key in own) and all(
        own[key] != other.labels.get(key) for key in unlike if key in own
    )


def _in_namespace(term: PodTerm, asking: PodTemplateInfo, other: PodTemplateInfo, namespace_labels: Finder) -> bool:
    if not term.namespaces and term.namespace_selector is None:
        return other.namespace == asking.namespace
    if other.namespace in term.namespaces:
        return True
    return term.namespace_selector is not None and term.namespace_selector.matches(namespace_labels(other.namespace))
