"""What a node holds, and what is left of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from gitpod_sync.model.engine.container import PublishedPort
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.plan.scheduling.pod_info import PodInfo, PodTemplateInfo

EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound


class NodeResources:
    """One node with its pods, counted so that a question costs no look at each of them."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.used: Counter[str] = Counter()
        self._ports: dict[tuple[int, str], dict[str, dict[str, PodIdentity]]] = defaultdict(lambda: defaultdict(dict))
        """Holders by port and protocol, address, and UID."""
        self._template: dict[int, tuple[PodTemplateInfo, int]] = {}
        """Templates with the number of their pods, by identity: one cache makes one for each template."""
        self._apart: dict[int, PodTemplateInfo] = {}

    def copy(self, node: Node) -> "NodeResources":
        """The same pods on the node as it is now."""
        twin = NodeResources(node)
        twin.used, twin._template, twin._apart = self.used.copy(), self._template.copy(), self._apart.copy()
        for port, by_address in self._ports.items():
            for address, holders in by_address.items():
                twin._ports[port][address] = holders.copy()
        return twin

    def add(self, pod: PodInfo) -> None:
        """Let it in."""
        if pod.gone:
            return
        for port in pod.template.ports:
            self._ports[port.host_port, port.protocol][port.host_ip][pod.identity.uid] = pod.identity
        if pod.over:
            return
        self.take(pod.requests)
        template, number = self._template.get(id(pod.template), (pod.template, 0))
        self._template[id(pod.template)] = (template, number + 1)
        if template.apart:
            self._apart[id(template)] = template

    def remove(self, pod: PodInfo) -> None:
        """Count it out again."""
        if pod.gone:
            return
        for port in pod.template.ports:
            self._free(port, pod.identity.uid)
        if pod.over:
            return
        self.used.subtract(pod.requests)
        template, number = self._template[id(pod.template)]
        if number > 1:
            self._template[id(pod.template)] = (template, number - 1)
        else:
            del self._template[id(pod.template)]
            self._apart.pop(id(pod.template), None)

    def _free(self, port: PublishedPort, uid: str) -> None:
        number = (port.host_port, port.protocol)
        by_address = self._ports[number]
        del by_address[port.host_ip][uid]
        if not by_address[port.host_ip]:
            del by_address[port.host_ip]
        if not by_address:
            del self._ports[number]

    def take(self, amounts: Amounts) -> None:
        """Count these as used, by nobody in particular."""
        for name, amount in amounts.items():
            self.used[name] += amount

    def lacking(self, requests: Amounts) -> Iterator[str]:
        """The resources of which less is left than is asked for, by name. What is not asked for is never short."""
        allocatable: Mapping[str, int] = self.node.allocatable
        for name, amount in sorted(requests.items()):
            if amount > 0 and name in allocatable and amount > allocatable[name] - self.used[name]:
                yield name

    def holder(self, port: PublishedPort) -> PodIdentity | None:
        """Who has this port of the node, if somebody has it."""
        by_address = self._ports.get((port.host_port, port.protocol), {})
        for address, holders in sorted(by_address.items()):
            if port.host_ip == address or EVERY_ADDRESS & {port.host_ip, address}:
                return holders[min(holders)]
        return None

    @property
    def keeping_apart(self) -> Iterator[PodTemplateInfo]:
        """Templates whose pods do not want to be with others."""
        yield from self._apart.values()

    @property
    def template(self) -> Iterator[tuple[PodTemplateInfo, int]]:
        """Templates, with how many pods there are of each."""
        yield from self._template.values()
