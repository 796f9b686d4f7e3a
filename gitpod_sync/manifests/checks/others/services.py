"""Services that can be reached (Kubernetes: core/v1 validation, ServiceSpec)."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.checks.others.service_addresses import check_service_addresses
from gitpod_sync.manifests.checks.pods.names import is_service_name, is_subdomain
from gitpod_sync.manifests.checks.pods.ports import is_address
from gitpod_sync.manifests.checks.repeated import check_unique, repeated
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_NODE_PORTS = range(30000, 32768)
_LONGEST_STICKINESS = 86400
_ONLY_LOAD_BALANCER = ("loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts")
_OF_ADDRESSES = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
_OUTSIDE = {"NodePort", "LoadBalancer"}


def check_service(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a Service."""
    name, spec = value["metadata"]["name"], value["spec"]
    if not is_service_name(name):
        hint = "use at most 63 lower-case letters, digits and '-', and begin with a letter"
        yield Finding("wrong-format", ("metadata", "name"), f"`{name}` is not a valid name for a Service", hint)
    kind: str = spec.get("type") or "ClusterIP"
    if kind == "ExternalName":
        yield from _check_external_name(spec)
    else:
        yield from _check_address(spec, kind)
    yield from _check_ports(spec.get("ports", []), kind)
    yield from _check_fields_of_types(spec, kind)
    yield from check_service_addresses(value, kind)


def _check_external_name(spec: Mapping[str, Json]) -> Iterator[Finding]:
    name = spec.get("externalName", "").removesuffix(".")
    if not name:
        message = "a Service of the type ExternalName needs an `externalName`"
        yield Finding("missing-field", ("spec", "externalName"), message, "add it")
    elif not is_subdomain(name):
        hint = "use lower-case letters, digits, '-' and '.', and begin and end every part with a letter or digit"
        yield Finding("wrong-format", ("spec", "externalName"), f"`{name}` is not a valid DNS name", hint)
    for field in _OF_ADDRESSES:
        if spec.get(field):
            message = "a Service of the type ExternalName has no address of its own"
            yield Finding("wrong-combination", ("spec", field), message, "take it out", on_key=True)


def _check_address(spec: Mapping[str, Json], kind: str) -> Iterator[Finding]:
    address = spec.get("clusterIP", "")
    path = ("spec", "clusterIP")
    if not spec.get("ports") and address != "None":
        message = "the Service has no ports"
        yield Finding("missing-field", ("spec", "ports"), message, "add them, or `clusterIP: None` for names only")
    if address == "None" and kind in _OUTSIDE:
        message = f"a Service of the type {kind} has an address: `clusterIP: None` is not possible"
        yield Finding("wrong-combination", path, message, "take it out, or the type")
    elif address and address != "None" and not is_address(address):
        yield Finding(
            "wrong-format", path, f"`{address}` is not a valid IP address", "write one, or None, or take it out"
        )


def _check_ports(ports: Sequence[Mapping[str, Json]], kind: str) -> Iterator[Finding]:
    path = ("spec", "ports")
    yield from check_unique(ports, path, "name", "a port")
    for index, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            yield Finding("missing-field", (*path, index, "name"), "of several ports each needs a name", "add it")
        yield from _check_node_port(port.get("nodePort", 0), kind, (*path, index, "nodePort"))
    pairs = [(port.get("protocol") or "TCP", port["port"]) for port in ports]
    for index, first, (protocol, number) in repeated(pairs):
        message = f"{protocol} port {number} is already at {render_path((*path, first))}"
        yield Finding("duplicate", (*path, index, "port"), message, "keep one of the two")
    of_node = [(port.get("protocol") or "TCP", port["nodePort"]) if port.get("nodePort") else None for port in ports]
    for index, first, (protocol, number) in repeated(of_node):
        message = f"{protocol} port {number} of the node is already at {render_path((*path, first))}"
        yield Finding("duplicate", (*path, index, "nodePort"), message, "choose another nodePort")


def _check_node_port(number: int, kind: str, path: FieldPath) -> Iterator[Finding]:
    if number and kind not in _OUTSIDE:
        message = f"`nodePort` goes only with the types NodePort and LoadBalancer, not {kind}"
        yield Finding("wrong-combination", path, message, "take it out, or change the type", on_key=True)
    elif number and number not in _NODE_PORTS:
        message = f"{number} is not between {_NODE_PORTS[0]} and {_NODE_PORTS[-1]}"
        yield Finding("out-of-range", path, message, "choose one that is, or take it out")


def _check_fields_of_types(spec: Mapping[str, Json], kind: str) -> Iterator[Finding]:
    for field in _ONLY_LOAD_BALANCER:
        if spec.get(field) not in (None, "", []) and kind != "LoadBalancer":
            yield _misplaced(field, "the type LoadBalancer")
    is_outside = kind in _OUTSIDE or (kind == "ClusterIP" and spec.get("externalIPs"))
    if spec.get("externalTrafficPolicy") and not is_outside:
        yield _misplaced("externalTrafficPolicy", "the types NodePort and LoadBalancer")
    is_local = kind == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"
    if spec.get("healthCheckNodePort") and not is_local:
        yield _misplaced("healthCheckNodePort", "the type LoadBalancer and `externalTrafficPolicy: Local`")
    config = spec.get("sessionAffinityConfig")
    if config is None:
        return
    path = ("spec", "sessionAffinityConfig", "clientIP")
    if spec.get("sessionAffinity") != "ClientIP":
        yield _misplaced("sessionAffinityConfig", "`sessionAffinity: ClientIP`")
    elif config.get("clientIP", {}).get("timeoutSeconds", 1) > _LONGEST_STICKINESS:
        message = f"a client is remembered for {_LONGEST_STICKINESS} s (a day) at most"
        yield Finding("out-of-range", (*path, "timeoutSeconds"), message, "write less")


def _misplaced(field: str, where: str) -> Finding:
    message = f"`{field}` goes only with {where}"
    return Finding("wrong-combination", ("spec", field), message, "take it out, or change the other", on_key=True)
