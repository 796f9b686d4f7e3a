"""The kinds of objects: how each is named, where it belongs, and what can be done with it.

Whoever has to know such a thing by the name of a kind asks here. What a room does with a kind stands in the room's own
table, from the name of the kind to functions; tests/unit/repository/test_kinds.py holds those tables to this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """An ability of the objects of a kind."""

    HONOURED = "honoured"
    """They are read from Git into values of their own (`model.desired.Object`)."""
    WORKLOAD = "workload"
    """They ask for pods (`model.workloads.workloads.Workload`)."""
    SCALABLE = "scalable"
    """They have replicas, which can be asked for and set (Kubernetes: the scale subresource)."""
    ROLLABLE = "rollable"
    """Their pods are replaced when their template changes. Jobs have done their work with what there was."""
    ALIKE = "alike"
    """Their pods of one template hash have one template; others may give each pod a place and labels of its own."""
    ADOPTABLE = "adoptable"
    """Their pods are like any others and change hands. A StatefulSet's have a place of their own, a Job's an end."""
    ADOPTER = "adopter"
    """They take on pods whose workload Git does not name any more."""
    DAEMON = "daemon"
    """Their pods belong to the node: it keeps them when it is drained."""
    RECORDED = "recorded"
    """What they have to know of their past is written down (`model.records.records.Record`)."""
    OBSERVED = "observed"
    """Their status says which generation it is of. A status is always of what was decided on last."""
    SHOWN = "shown"
    """`get` lists them, and `describe` shows each in full (`resources.registry`)."""
    OF_ALL = "of all"
    """`get all` lists them, as kubectl's category `all` does."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects."""

    name: str
    """As in manifests, like `Deployment`."""
    api_version: str
    """The version that is written; older ones may be read."""
    roles: frozenset[Role] = frozenset()
    """What can be done with its objects."""
    short: str = ""
    """What people type for it, "" for none."""
    template: tuple[str, ...] | None = None
    """The path to the pods that an object asks for: () for a Pod, its own template; None where none are asked for."""
    namespaced: bool = True
    """Whether its objects belong to a namespace."""
    names: tuple[str, ...] = field(init=False)
    """What people type for it, in small letters: `deployments`, `deployment`, `deploy`."""

    def __post_init__(self) -> None:
        one = self.name.lower()
        many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}es" if one.endswith("s") else f"{one}s"
        object.__setattr__(self, "names", (many, one, *([self.short] if self.short else [])))

    @property
    def plural(self) -> str:
        """`deployments`."""
        return self.names[0]

    @property
    def resource(self) -> str:
        """`deployment.apps`, as kubectl writes it before a name."""
        group = self.api_version.rpartition("/")[0]
        return f"{self.name.lower()}.{group}" if group else self.name.lower()

    @property
    def asks_for_pods(self) -> bool:
        """Whether its objects ask for pods, or for Jobs that do."""
        return Role.HONOURED in self.roles and self.template is not None


_TEMPLATE = ("spec", "template")
_OBJECT = frozenset({Role.HONOURED})
_LISTED = _OBJECT | {Role.SHOWN}
_WORKLOAD = _LISTED | {Role.OF_ALL, Role.WORKLOAD}
_REPLICATED = _WORKLOAD | {Role.SCALABLE, Role.ALIKE, Role.ADOPTABLE, Role.ADOPTER, Role.OBSERVED}
_SET = _WORKLOAD | {Role.ROLLABLE, Role.RECORDED, Role.OBSERVED}

_HONOURED = (
    Kind("Pod", "v1", _WORKLOAD | {Role.ADOPTABLE, Role.RECORDED}, "po", ()),
    Kind("Deployment", "apps/v1", _REPLICATED | {Role.ROLLABLE, Role.RECORDED}, "deploy", _TEMPLATE),
    Kind("ReplicaSet", "apps/v1", _REPLICATED, "rs", _TEMPLATE),
    Kind("ReplicationController", "v1", _REPLICATED, "rc", _TEMPLATE),
    Kind("StatefulSet", "apps/v1", _SET | {Role.SCALABLE}, "sts", _TEMPLATE),
    Kind("DaemonSet", "apps/v1", _SET | {Role.ALIKE, Role.DAEMON}, "ds", _TEMPLATE),
    Kind("Job", "batch/v1", _WORKLOAD | {Role.RECORDED}, "", _TEMPLATE),
    Kind("CronJob", "batch/v1", _LISTED | {Role.OF_ALL, Role.RECORDED}, "cj", ("spec", "jobTemplate", *_TEMPLATE)),
    Kind("PodDisruptionBudget", "policy/v1", _LISTED | {Role.OBSERVED}, "pdb"),
    Kind("HorizontalPodAutoscaler", "autoscaling/v2", _LISTED | {Role.OF_ALL, Role.RECORDED}, "hpa"),
    Kind("Namespace", "v1", _OBJECT, "ns", namespaced=False),
    Kind("ConfigMap", "v1", _OBJECT, "cm"),
    Kind("Secret", "v1", _OBJECT),
    Kind("PersistentVolumeClaim", "v1", _OBJECT, "pvc"),
    Kind("PriorityClass", "scheduling.k8s.io/v1", _OBJECT, "pc", namespaced=False),
)

_CLUSTER_WIDE = (
    Kind("APIService", "apiregistration.k8s.io/v1", namespaced=False),
    Kind("CSIDriver", "storage.k8s.io/v1", namespaced=False),
    Kind("CSINode", "storage.k8s.io/v1", namespaced=False),
    Kind("ClusterRole", "rbac.authorization.k8s.io/v1", namespaced=False),
    Kind("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", namespaced=False),
    Kind("CustomResourceDefinition", "apiextensions.k8s.io/v1", short="crd", namespaced=False),
    Kind("FlowSchema", "flowcontrol.apiserver.k8s.io/v1", namespaced=False),
    Kind("IngressClass", "networking.k8s.io/v1", namespaced=False),
    Kind("MutatingAdmissionPolicy", "admissionregistration.k8s.io/v1", namespaced=False),
    Kind("MutatingAdmissionPolicyBinding", "admissionregistration.k8s.io/v1", namespaced=False),
    Kind("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", namespaced=False),
    Kind("Node", "v1", short="no", namespaced=False),
    Kind("PersistentVolume", "v1", short="pv", namespaced=False),
    Kind("PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1", namespaced=False),
    Kind("RuntimeClass", "node.k8s.io/v1", namespaced=False),
    Kind("StorageClass", "storage.k8s.io/v1", short="sc", namespaced=False),
    Kind("ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1", namespaced=False),
    Kind("ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io/v1", namespaced=False),
    Kind("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1", namespaced=False),
)
"""Kubernetes: "Cluster-scoped resources" of its API reference, those that people write and that are not honoured."""

_OTHERS = (
    Kind("Event", "v1", short="ev"),
    Kind("Ingress", "networking.k8s.io/v1", short="ing"),
    Kind("NetworkPolicy", "networking.k8s.io/v1", short="netpol"),
    Kind("PodTemplate", "v1", template=("template",)),
    Kind("Service", "v1", short="svc"),
    Kind("ServiceAccount", "v1", short="sa"),
)
"""Kinds that are not honoured, and of which something is known all the same: how they are called in short, say."""

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (*_HONOURED, *_CLUSTER_WIDE, *_OTHERS)}
"""By name, in the order in which messages list them."""

_BY_WORD: Mapping[str, Kind] = {word: kind for kind in KINDS.values() for word in kind.names}


def kinds_with(role: Role) -> tuple[str, ...]:
    """The names of the kinds that have the role."""
    return tuple(name for name, kind in KINDS.items() if role in kind.roles)


def has_role(kind: str, role: Role) -> bool:
    """Whether the kind of that name has the role; a kind that nobody knows has none."""
    return kind in KINDS and role in KINDS[kind].roles


def kind_named(word: str) -> Kind | None:
    """The kind that is meant by a word like `deploy`, `Deployments` or `deployments.apps`; None for no kind."""
    return _BY_WORD.get(word.partition(".")[0].lower())


def is_namespaced(kind: str) -> bool:
    """Whether objects of the kind belong to a namespace; objects of unknown kinds do."""
    return kind not in KINDS or KINDS[kind].namespaced
