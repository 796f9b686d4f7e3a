"""A port of the node is held by one pod at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath
from gitpod_sync.manifests.findings import Finding, render_path
from gitpod_sync.model.desired import Object
from gitpod_sync.model.pod import PodSpec, Protocol
from gitpod_sync.model.workloads import Deployment, Pod, ReplicaSet, ReplicationController, StrategyType

_EVERY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104 - compared with, never bound
_SEVERAL = "each pod needs the port for itself, and a node has it once"


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port of the node that an object asks for, and where it says so."""

    protocol: Protocol
    address: str
    number: int
    path: FieldPath

    def clashes_with(self, other: "HostPort") -> bool:
        """Whether both cannot be held at once."""
        if (self.protocol, self.number) != (other.protocol, other.number):
            return False
        return self.address == other.address or not {self.address, other.address}.isdisjoint(_EVERY_ADDRESS)

    def __str__(self) -> str:
        return f"{self.protocol} port {self.number} of the node"


def host_ports(item: Object) -> tuple[HostPort, ...]:
    """The host ports that the object's pods hold; none when it wants no pods."""
    match item:
        case Pod():
            return _host_ports_of(item.spec, ("spec",))
        case ReplicaSet() | ReplicationController() | Deployment() if item.spec.replicas:
            return _host_ports_of(item.spec.template.spec, ("spec", "template", "spec"))
        case _:
            return ()


def _host_ports_of(spec: PodSpec, path: FieldPath) -> tuple[HostPort, ...]:
    return tuple(
        HostPort(port.protocol, port.host_ip, port.host_port, (*path, "containers", outer, "ports", inner, "hostPort"))
        for outer, container in enumerate(spec.containers)
        for inner, port in enumerate(container.ports)
        if port.host_port
    )


def check_host_ports(item: Object) -> Iterator[Finding]:
    """Within one object every host port is held once, by one pod, and can be handed on in an update."""
    held = host_ports(item)
    for index, port in enumerate(held):
        first = next((earlier for earlier in held[:index] if earlier.clashes_with(port)), None)
        if first is not None:
            message = f"{port} is already taken at {render_path(first.path)}"
            yield Finding("host-port-clash", port.path, message, "choose another hostPort")
    if held:
        yield from _check_sharing(item, held[0])


def _check_sharing(item: Object, port: HostPort) -> Iterator[Finding]:
    match item:
        case ReplicaSet() | ReplicationController() | Deployment() if item.spec.replicas > 1:
            message = f"{item.spec.replicas} replicas ask for {port}; {_SEVERAL}"
            hint = "use one replica, or take the hostPort out"
            yield Finding("host-port-shared", port.path, message, hint, Severity.WARNING)
        case Deployment() if _cannot_hand_over(item):
            message = f"a rolling update starts the new pod while the old one holds {port}: it would wait for ever"
            hint = "set `maxUnavailable: 1` and `maxSurge: 0`, or use the strategy Recreate"
            yield Finding("host-port-update", port.path, message, hint, Severity.WARNING)
        case _:
            return


def _cannot_hand_over(deployment: Deployment) -> bool:
    """With one replica, 25 % of unavailability is none: only a surge pod could begin, and it finds the port taken."""
    strategy, replicas = deployment.spec.strategy, deployment.spec.replicas
    surge = strategy.rolling_update.max_surge.of(replicas, round_up=True)
    unavailable = strategy.rolling_update.max_unavailable.of(replicas, round_up=False)
    return strategy.type is StrategyType.ROLLING_UPDATE and surge > 0 and unavailable == 0
