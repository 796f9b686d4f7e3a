"""What a node holds, and what is left of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from gitpod_sync.model.engine.container import PublishedPort
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.plan.scheduling.pod_info import Guest, Kin

EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound


class Room:
    """One node with its guests, counted so that a question costs no look at each of them."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.used: Counter[str] = Counter()
        self._ports: dict[tuple[int, str], dict[str, dict[str, PodIdentity]]] = defaultdict(lambda: defaultdict(dict))
        """Holders by port and protocol, address, and UID."""
        self._kin: dict[int, tuple[Kin, int]] = {}
        """Kinds of guests with their numbers, by identity of the kin: one register makes one for each."""
        self._apart: dict[int, Kin] = {}

    def copy(self, node: Node) -> "Room":
        """The same guests on the node as it is now."""
        twin = Room(node)
        twin.used, twin._kin, twin._apart = self.used.copy(), self._kin.copy(), self._apart.copy()
        for port, by_address in self._ports.items():
            for address, holders in by_address.items():
                twin._ports[port][address] = holders.copy()
        return twin

    def add(self, guest: Guest) -> None:
        """Let it in."""
        if guest.gone:
            return
        for port in guest.kin.ports:
            self._ports[port.host_port, port.protocol][port.host_ip][guest.identity.uid] = guest.identity
        if guest.over:
            return
        self.take(guest.requests)
        kin, number = self._kin.get(id(guest.kin), (guest.kin, 0))
        self._kin[id(guest.kin)] = (kin, number + 1)
        if kin.apart:
            self._apart[id(kin)] = kin

    def remove(self, guest: Guest) -> None:
        """Count it out again."""
        if guest.gone:
            return
        for port in guest.kin.ports:
            self._free(port, guest.identity.uid)
        if guest.over:
            return
        self.used.subtract(guest.requests)
        kin, number = self._kin[id(guest.kin)]
        if number > 1:
            self._kin[id(guest.kin)] = (kin, number - 1)
        else:
            del self._kin[id(guest.kin)]
            self._apart.pop(id(guest.kin), None)

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
    def keeping_apart(self) -> Iterator[Kin]:
        """Kinds of guests that do not want to be with others."""
        yield from self._apart.values()

    @property
    def kin(self) -> Iterator[tuple[Kin, int]]:
        """Kinds of guests, with how many there are of each."""
        yield from self._kin.values()
