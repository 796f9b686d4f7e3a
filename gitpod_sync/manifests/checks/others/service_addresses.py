"""The addresses of a Service that agree with each other (Kubernetes: core/v1 validation, Service)."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address, ip_network

from gitpod_sync.manifests.checks.pods.ports import is_address
from gitpod_sync.manifests.checks.repeated import repeated
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_HEADLESS = "None"
_MOST = 2
"""One address of each family."""
_OLD_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_OLD_TOPOLOGY = "service.kubernetes.io/topology-aware-hints"
_TOPOLOGY = "service.kubernetes.io/topology-mode"


def check_service_addresses(value: Mapping[str, Json], kind: str) -> Iterator[Finding]:
    """Findings on the addresses of a Service of this type, and on the annotations that say more of them."""
    spec: Mapping[str, Json] = value["spec"]
    if kind != "ExternalName":
        yield from _check_cluster_addresses(spec)
        yield from _check_families(spec)
    for index, address in enumerate(spec.get("externalIPs", [])):
        yield from _check_external(address, ("spec", "externalIPs", index))
    for index, written in enumerate(spec.get("loadBalancerSourceRanges", [])):
        yield from _check_range(written, ("spec", "loadBalancerSourceRanges", index))
    yield from _check_annotations(value["metadata"].get("annotations", {}), spec, kind)


def _check_cluster_addresses(spec: Mapping[str, Json]) -> Iterator[Finding]:
    first, path = spec.get("clusterIP", ""), ("spec", "clusterIPs")
    addresses: Sequence[str] = spec.get("clusterIPs", [])
    if addresses and not first:
        yield Finding(
            "missing-field", ("spec", "clusterIP"), "`clusterIPs` needs its first as `clusterIP` too", "add it"
        )
    elif addresses and addresses[0] != first:
        message = f"the first of `clusterIPs` is not the clusterIP {first}"
        yield Finding("wrong-combination", (*path, 0), message, "write both alike")
    if _HEADLESS in addresses and len(addresses) > 1:
        yield Finding("wrong-combination", path, f"{_HEADLESS} stands for no address, and alone", "take the others out")
        return
    for index, address in enumerate(addresses):
        if not is_address(address) and not (index == 0 and address == first):
            yield Finding(
                "wrong-format", (*path, index), f"`{address}` is not a valid IP address", "correct it, or take it out"
            )
    families = [_family(address) for address in addresses]
    yield from _check_most(families, path, "address")
    for index, (asked, family) in enumerate(zip(spec.get("ipFamilies", []), families, strict=False)):
        if family and asked != family:
            message = f"{addresses[index]} is not of the family {asked}"
            yield Finding("wrong-combination", (*path, index), message, "write both in the same order")


def _check_families(spec: Mapping[str, Json]) -> Iterator[Finding]:
    yield from _check_most(spec.get("ipFamilies", []), ("spec", "ipFamilies"), "family")
    if spec.get("ipFamilyPolicy") == "SingleStack":
        for field in ("clusterIPs", "ipFamilies"):
            if len(spec.get(field, [])) > 1:
                message = f"with SingleStack there is one of `{field}`, not {len(spec[field])}"
                hint = "write `ipFamilyPolicy: RequireDualStack`, or keep one"
                yield Finding("wrong-combination", ("spec", field), message, hint)


def _check_most(families: Sequence[str], path: FieldPath, noun: str) -> Iterator[Finding]:
    if len(families) > _MOST:
        message = f"there are {len(families)}, and only IPv4 and IPv6 to choose from"
        yield Finding("too-many", path, message, f"keep one {noun} of each")
        return
    for index, first, family in repeated(each or None for each in families):
        message = f"{family} is already at {render_path((*path, first))}"
        yield Finding("duplicate", (*path, index), message, f"keep one {noun} of each")


def _family(address: str) -> str:
    """IPv4 or IPv6, or "" for what is no address."""
    return f"IPv{ip_address(address).version}" if is_address(address) else ""


def _check_external(address: str, path: FieldPath) -> Iterator[Finding]:
    if not is_address(address):
        yield Finding("wrong-format", path, f"`{address}` is not a valid IP address", "write it like 192.0.2.1")
        return
    ip = ip_address(address)
    if ip.is_unspecified or ip.is_loopback or ip.is_link_local or _is_multicast_of_link(address):
        message = f"the address {address} cannot be reached from outside"
        yield Finding("wrong-choice", path, message, "write one that the node has in its network")


def _is_multicast_of_link(address: str) -> bool:
    network = "224.0.0.0/24" if _family(address) == "IPv4" else "ff02::/16"
    return ip_address(address) in ip_network(network)


def _check_range(written: str, path: FieldPath) -> Iterator[Finding]:
    if not _is_range(written.strip()):
        yield Finding(
            "wrong-format", path, f"`{written}` is not a valid range of addresses", "write it like 10.0.0.0/8"
        )


def _is_range(text: str) -> bool:
    address, slash, _ = text.partition("/")
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return bool(slash) and is_address(address)


def _check_annotations(annotations: Mapping[str, str], spec: Mapping[str, Json], kind: str) -> Iterator[Finding]:
    ranges = annotations.get(_OLD_RANGES)
    where = ("metadata", "annotations", _OLD_RANGES)
    if ranges is not None and kind != "LoadBalancer":
        message = f"the annotation goes only with the type LoadBalancer, not {kind}"
        yield Finding("wrong-combination", where, message, "take it out, or change the type", on_key=True)
    elif ranges is not None and ranges.strip() and not spec.get("loadBalancerSourceRanges"):
        for written in ranges.split(","):
            yield from _check_range(written, where)
    if (
        _OLD_TOPOLOGY in annotations
        and annotations.get(_TOPOLOGY, annotations[_OLD_TOPOLOGY]) != annotations[_OLD_TOPOLOGY]
    ):
        message = f"it says something else than {_TOPOLOGY}, which came in its place"
        where = ("metadata", "annotations", _OLD_TOPOLOGY)
        yield Finding("wrong-combination", where, message, "take this one out", on_key=True)
