"""Facts about an object that others may have to agree with: small values that keep no document alive."""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.manifests.checks.others.exposure import Exposure, exposure_of
from gitpod_sync.manifests.checks.others.priorities import AskedPriority, priority_asked, priority_given
from gitpod_sync.manifests.checks.pods.host_ports import HostPort, host_ports
from gitpod_sync.manifests.checks.revision.immutable import Fixed, Storage, fixed_of, storage_of
from gitpod_sync.manifests.checks.revision.network_names import NetworkName, network_name
from gitpod_sync.manifests.checks.revision.references import Reference, references_of
from gitpod_sync.manifests.checks.selectors import selector_of
from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.checks.workloads.dependencies import awaited_by
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import bounded, bounded_key
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.schema.templates import ContainerRole, Template, parts_of, template_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE, Key
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.kinds import Role, is_namespaced, kinds_with
from gitpod_sync.model.scheduling.priority import Priority

_WORKLOADS = frozenset(kinds_with(Role.WORKLOAD))
_NAME: FieldPath = ("metadata", "name")


@dataclass(frozen=True, slots=True)
class Pods:
    """The pods that an object asks for: their labels, and the names of their ports."""

    labels: Mapping[str, str]
    ports: frozenset[str]


@dataclass(frozen=True, slots=True)
class Selection:
    """A controller's selection of pods; it is sound when it selects its own, and not every pod."""

    selector: LabelSelector
    spot: Spot
    is_sound: bool

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether pods with these labels are taken too; a selector that is not sound is wrong in itself."""
        return self.is_sound and self.selector.matches(labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one object. An invalid object has only the first three, so that nobody misses it."""

    key: Key
    """The object's identity."""
    file: str
    """The path of its file."""
    name: Spot
    """Where its name stands."""
    is_whole: bool = True
    """False: it is not as its schema says, and nothing else is known of it."""
    host_ports: tuple[tuple[HostPort, Spot], ...] = ()
    """Ports of the node that its pods take, and where each stands."""
    references: tuple[Reference, ...] = ()
    """Other objects that it cannot do without."""
    offers: frozenset[str] = frozenset()
    """The keys of a ConfigMap or Secret; a Service's ports by name and number."""
    pods: Pods | None = None
    """The pods that it asks for; None: it asks for none."""
    selection: Selection | None = None
    """Which pods it takes for its own; None: it takes none."""
    exposure: Exposure | None = None
    """Which pods a Service or an Ingress leads to; None for other kinds."""
    claims: tuple[str, ...] = ()
    """Names of claims that the object itself makes."""
    claim_prefixes: tuple[str, ...] = ()
    """It makes the claims whose names are one of these and a number."""
    is_default: Spot | None = None
    """Where a PriorityClass says that it is the default; None: it does not."""
    gives: Priority | None = None
    """The priority that a class gives to pods; None for other kinds."""
    asks: AskedPriority | None = None
    """What its pods say of their priority; None: it asks for no pods."""
    fixed: tuple[Fixed, ...] = ()
    """Fields that cannot change while it lives."""
    storage: Storage | None = None
    """How much a claim asks for; None for other kinds."""
    awaited: tuple[Key, ...] = ()
    """Workloads that it waits for."""
    awaits: Spot | None = None
    """Where it says so; None: nowhere."""
    ordinals: range | None = None
    """The ordinals of a StatefulSet's pods; None for other kinds."""
    network_name: NetworkName | None = None
    """What others on the network can call a pod of it; None: nothing of its own."""

    def place(self, spot: Spot) -> str:
        """`file:line` of a place in this object."""
        return f"{self.file}:{spot.line}"

    def diagnose(self, code: str, spot: Spot, message: str, hint: str, severity: Severity) -> Diagnostic:
        """A finding at a place in this object."""
        at = (self.file, spot.line, spot.column, spot.field)
        return Diagnostic(severity, code, *at, bounded(message), bounded(hint), bounded_key(self.key))


def facts_of(kind: str, value: Mapping[str, Json], file: str, locate: Locate) -> Facts:
    """The facts of an object that is as its schema says."""
    template = template_of(kind, value) if kind != "PodTemplate" else None
    is_asked = value["spec"].get("replicas", 1) > 0 if template is not None else False
    awaited, awaits = awaited_by(kind, value["metadata"], locate)
    return Facts(
        key=_key(kind, value["metadata"]),
        file=file,
        name=locate(_NAME),
        host_ports=_host_ports(template, locate) if template is not None and is_asked else (),
        references=tuple(references_of(kind, value, template, locate)),
        offers=_offers(kind, value),
        pods=_pods(template) if template is not None else None,
        selection=_selection(kind, value, template, locate),
        exposure=exposure_of(kind, value, locate),
        claims=_claims(kind, value),
        claim_prefixes=_claim_prefixes(value, template),
        is_default=locate(("globalDefault",)) if value.get("globalDefault") else None,
        gives=priority_given(kind, value),
        asks=priority_asked(template, locate) if template is not None else None,
        fixed=tuple(fixed_of(kind, value, template, locate)),
        storage=storage_of(kind, value, locate),
        awaited=awaited,
        awaits=awaits,
        ordinals=_ordinals(value["spec"]) if kind == "StatefulSet" else None,
        network_name=network_name(kind, value, template, locate) if template is not None and is_asked else None,
    )


def facts_of_broken(kind: str, value: Mapping[str, Json], file: str, locate: Locate) -> Facts | None:
    """The facts of an object against its schema: its name, if it has one."""
    metadata = value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    namespace = metadata.get("namespace", "") if isinstance(metadata, dict) else ""
    if not isinstance(name, str) or not isinstance(namespace, str):
        return None
    return Facts(key=_key(kind, {"name": name, "namespace": namespace}), file=file, name=locate(_NAME), is_whole=False)


def _key(kind: str, metadata: Mapping[str, Json]) -> Key:
    namespace = (metadata.get("namespace") or DEFAULT_NAMESPACE) if is_namespaced(kind) else ""
    return Key(kind, namespace, metadata["name"])


def _host_ports(template: Template, locate: Locate) -> tuple[tuple[HostPort, Spot], ...]:
    return tuple((port, locate((*template.spec_path, *path))) for port, path in host_ports(template.spec))


def _offers(kind: str, value: Mapping[str, Json]) -> frozenset[str]:
    if kind == "Service":
        ports = value["spec"].get("ports", [])
        return frozenset(str(port[field]) for port in ports for field in ("name", "port") if port.get(field))
    fields = ("data", "binaryData", "stringData") if kind in {"ConfigMap", "Secret"} else ()
    return frozenset(key for field in fields for key in value.get(field, ()))


def _pods(template: Template) -> Pods:
    ports = (
        port["name"]
        for part in parts_of(template.spec)
        if part.role is not ContainerRole.INIT
        for port in part.container.get("ports", ())
        if port.get("name")
    )
    return Pods(dict(template.labels), frozenset(ports))


def _selection(kind: str, value: Mapping[str, Json], template: Template | None, locate: Locate) -> Selection | None:
    if template is None or not template.path or kind not in _WORKLOADS:
        return None
    selector = selector_of(kind, value["spec"], template)
    if selector is None:
        return None
    is_sound = selector != LabelSelector() and selector.matches(template.labels)
    return Selection(selector, locate(("spec", "selector")), is_sound)


def _ordinals(spec: Mapping[str, Json]) -> range:
    """Ordinals of a StatefulSet's pods, which are named `<set>-<ordinal>`."""
    start: int = spec.get("ordinals", {}).get("start", 0)
    return range(start, start + spec.get("replicas", 1))


def _claims(kind: str, value: Mapping[str, Json]) -> tuple[str, ...]:
    """A bare pod's ephemeral volume is a claim `<pod>-<volume>` (Kubernetes: "Ephemeral Volumes")."""
    if kind != "Pod":
        return ()
    volumes = value["spec"].get("volumes", ())
    return tuple(f"{value['metadata']['name']}-{volume['name']}" for volume in volumes if "ephemeral" in volume)


def _claim_prefixes(value: Mapping[str, Json], template: Template | None) -> tuple[str, ...]:
    """A StatefulSet's claims are named `<template>-<set>-<ordinal>`."""
    names = sorted(template.claims) if template is not None else ()
    return tuple(f"{name}-{value['metadata']['name']}-" for name in names)
