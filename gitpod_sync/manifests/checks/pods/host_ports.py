"""A port of the node is held by one pod at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.schema.templates import ContainerRole, Part, parts_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

T = TypeVar("T")

EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, never bound


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port of the node that a pod asks for."""

    protocol: str
    address: str
    number: int

    def __str__(self) -> str:
        return f"{self.protocol} port {self.number} of the node"


def host_ports(spec: Mapping[str, Json], parts: Sequence[Part] = ()) -> Iterator[tuple[HostPort, FieldPath]]:
    """The host ports that a running pod holds, with their paths from the pod's spec.

    With `hostNetwork` a container's port is the node's (Kubernetes: defaults of ContainerPort).
    """
    on_host = spec.get("hostNetwork", False)
    for part in parts or parts_of(spec):
        if part.role is not ContainerRole.INIT:
            yield from _of_container(part, on_host=on_host)


def _of_container(part: Part, *, on_host: bool) -> Iterator[tuple[HostPort, FieldPath]]:
    for index, port in enumerate(part.container.get("ports", [])):
        number = port.get("hostPort") or (port["containerPort"] if on_host else 0)
        if number:
            field = "hostPort" if "hostPort" in port else "containerPort"
            held = HostPort(port.get("protocol") or "TCP", port.get("hostIP", ""), number)
            yield held, (*part.path, "ports", index, field)


def check_host_ports(spec: Mapping[str, Json], parts: Sequence[Part], path: FieldPath) -> Iterator[Finding]:
    """Within one pod every host port is held once; an init container, which runs alone, only has to suit itself."""
    yield from _check_held(host_ports(spec, parts), path)
    for part in parts:
        if part.role is ContainerRole.INIT:
            yield from _check_held(_of_container(part, on_host=spec.get("hostNetwork", False)), path)


def _check_held(ports: Iterable[tuple[HostPort, FieldPath]], path: FieldPath) -> Iterator[Finding]:
    held: dict[tuple[str, int], dict[str, FieldPath]] = {}
    for port, below in ports:
        by_address = held.setdefault((port.protocol, port.number), {})
        first = first_clash(port, by_address)
        if first is not None:
            message = f"{port} is already taken at {render_path((*path, *first))}"
            yield Finding("host-port-clash", (*path, *below), message, "choose another hostPort")
        by_address.setdefault(port.address, below)


def first_clash(port: HostPort, by_address: Mapping[str, T]) -> T | None:
    """The holder of the port, in `by_address`, the holders of ports of this number by address."""
    if port.address in EVERY_ADDRESS:
        return next(iter(by_address.values()), None)
    return next((by_address[each] for each in (port.address, *EVERY_ADDRESS) if each in by_address), None)


def check_host_network(parts: Sequence[Part], path: FieldPath) -> Iterator[Finding]:
    """In the node's network nothing is published: a port is the node's own. Kubernetes asks app containers only."""
    for part in (part for part in parts if part.role is ContainerRole.APP):
        for index, port in enumerate(part.container.get("ports", [])):
            number = port.get("hostPort") or port["containerPort"]
            if number != port["containerPort"]:
                message = f"with `hostNetwork` the hostPort {number} must be the containerPort {port['containerPort']}"
                where = (*path, *part.path, "ports", index, "hostPort")
                yield Finding("wrong-combination", where, message, "write both alike, or take the hostPort out")
