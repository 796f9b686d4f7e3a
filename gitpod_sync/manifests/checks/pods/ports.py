"""Ports of containers (Kubernetes: core/v1 validation, ContainerPort)."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address

from gitpod_sync.manifests.checks.repeated import check_unique, repeated
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.schema.templates import ContainerRole, Part
from gitpod_sync.manifests.yaml.documents import FieldPath, Json


def check_ports(ports: Sequence[Mapping[str, Json]], path: FieldPath) -> Iterator[Finding]:
    """Findings on the ports of one container."""
    yield from check_unique(ports, path, "name", "a port")
    for index, first, (number, protocol, _, _) in repeated(map(_identity, ports)):
        message = f"{protocol} port {number} is already at {render_path((*path, first))}"
        yield Finding("duplicate", (*path, index, "containerPort"), message, "keep one of the two", Severity.WARNING)
    for index, port in enumerate(ports):
        if port.get("hostIP") and not is_address(port["hostIP"]):
            message = f"`{port['hostIP']}` is not a valid IP address"
            yield Finding("wrong-format", (*path, index, "hostIP"), message, "write it like 127.0.0.1")


def _identity(port: Mapping[str, Json]) -> tuple[int, str, int, str]:
    return port["containerPort"], port.get("protocol") or "TCP", port.get("hostPort", 0), port.get("hostIP", "")


def check_port_names(parts: Sequence[Part], path: FieldPath) -> Iterator[Finding]:
    """A name that two containers give to a port means only the first one to a Service."""
    named = [
        (port["name"], (*path, *part.path, "ports", index, "name"))
        for part in parts
        if part.role is not ContainerRole.INIT
        for index, port in enumerate(part.container.get("ports", []))
        if port.get("name")
    ]
    for index, first, name in repeated(name for name, _ in named):
        place, where = named[first][1][:-1], named[index][1]
        if place[:-2] != where[: len(place) - 2]:
            message = f"another container's port is named `{name}` too, at {render_path(place)}"
            hint = "give each its own, or Services and probes may find the wrong one"
            yield Finding("duplicate", where, message, hint, Severity.WARNING)


def is_address(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address, without a zone (`%eth0`), which means something to one node only."""
    if "%" in text:
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
