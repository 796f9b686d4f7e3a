"""Reading the engine, with no more calls than needed.

A pass costs one list call. What an inspection said stands until an event names its subject, as long as a stream of
events is open; without one nothing is kept between two looks.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gitpod_sync.engines.docker.connecting.connection import Connection, engine_errors
from gitpod_sync.engines.docker.observing.events import DockerEventStream
from gitpod_sync.engines.docker.observing.inspection import Node, read_container, read_image, read_node, read_time
from gitpod_sync.engines.docker.observing.machine import read_machine
from gitpod_sync.engines.protocol import EngineEvent
from gitpod_sync.errors import EngineError, EngineNotFound, EngineUnavailable
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import (
    ImageInfo,
    Observed,
    ObservedContainer,
    ObservedNetwork,
    ObservedNode,
    ObservedVolume,
)

_PARALLEL_INSPECTIONS = 4


@dataclass(slots=True)
class _Known:
    """Readings that still hold. None and a missing key mean: read it (again)."""

    containers: dict[str, ObservedContainer] = field(default_factory=dict)
    images: dict[str, ImageInfo | None] = field(default_factory=dict)
    volumes: tuple[ObservedVolume, ...] | None = None
    networks: tuple[ObservedNetwork, ...] | None = None
    machine: ObservedNode | None = None


class DockerObserver:
    """Owns the cache. `observe` is called from one thread; events and `touch` come from any."""

    def __init__(self, connection: Connection, instance: Instance) -> None:
        self._connection = connection
        self._instance = instance
        self._known = _Known()
        self._images_by_id: dict[str, ImageInfo | None] = {}
        self._node: Node | None = None
        self._alive: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._stale: set[tuple[str, str]] = set()
        self._leaving: set[str] = set()
        self._listening = 0

    def observe(self, images: frozenset[str], *, fresh: bool, alive: Callable[[], None]) -> Observed:
        """One snapshot; `alive` is called before each call."""
        self._alive = alive
        self._forget_stale(everything=fresh)
        with engine_errors():
            networks = self._networks()
            own = next((each for each in networks if each.name == self._instance.network), None)
            return Observed(
                node=self._machine(),
                containers=self._containers(),
                volumes=self._volumes(),
                network=own,
                stray_networks=tuple(each for each in networks if each is not own),
                images={reference: self._image(reference) for reference in sorted(images)},
            )

    def events(self) -> DockerEventStream:
        """A stream during which readings are kept."""
        stream = DockerEventStream(self._connection, self._instance.name, self._see, self._stop_listening)
        with self._lock:
            self._listening += 1
            # What happened before the stream was open has no event.
            self._stale.add(("", ""))
        return stream

    def touch(self, kind: str, identifier: str) -> None:
        """A call of ours has changed this; its event may come later than our next look."""
        with self._lock:
            self._stale.add((kind, identifier))

    @contextmanager
    def leaving(self, identifier: str) -> Iterator[None]:
        """A container is being removed by us.

        It is not read again meanwhile: the engine would answer only when it is through with it, and it is gone then.
        """
        with self._lock:
            self._leaving.add(identifier)
        try:
            yield
        finally:
            with self._lock:
                self._leaving.discard(identifier)
            self.touch("container", identifier)

    def has_lowered_score(self) -> bool:
        """Whether a container that was seen running has an oom_score_adj below 0."""
        return any(each.alive and each.config.oom_score_adj < 0 for each in [*self._known.containers.values()])

    def _see(self, event: EngineEvent) -> None:
        self.touch(event.kind, event.id)
        if event.kind == "network":
            self.touch("container", event.id)

    def _stop_listening(self) -> None:
        with self._lock:
            self._listening -= 1

    def _forget_stale(self, *, everything: bool) -> None:
        with self._lock:
            stale, self._stale = self._stale, set()
            everything = everything or not self._listening or ("", "") in stale
        if everything:
            self._known = _Known()
            return
        for kind, identifier in stale:
            match kind:
                case "container" if identifier not in self._leaving:
                    self._known.containers.pop(identifier, None)
                case "image":
                    self._known.images.clear()
                case "volume":
                    self._known.volumes = None
                case "network":
                    self._known.networks = None

    def _machine(self) -> ObservedNode:
        if self._known.machine is None:
            self._alive()
            info = self._connection.client.info()
            self._known.machine, self._node = read_machine(info), read_node(info)
        return self._known.machine

    def _containers(self) -> tuple[ObservedContainer, ...]:
        self._alive()
        listed = self._connection.client.containers(all=True, filters=self._ours())
        unread = [each["Id"] for each in listed if not self._stands(each)]
        present = {each["Id"] for each in listed}
        known = {key: container for key, container in self._known.containers.items() if key in present}
        known |= {container.id: container for container in self._inspect_all(unread)}
        self._known.containers = known
        return tuple(sorted(known.values(), key=lambda container: container.name))

    def _stands(self, listed: Mapping[str, Any]) -> bool:
        known = self._known.containers.get(listed["Id"])
        if known is None or listed["Id"] in self._leaving:
            return known is not None
        return known.status == listed["State"] and f"/{known.name}" in (listed["Names"] or ())

    def _inspect_all(self, identifiers: list[str]) -> Iterable[ObservedContainer]:
        if len(identifiers) <= 1:
            return self._found(map(self._inspect, identifiers))
        with ThreadPoolExecutor(_PARALLEL_INSPECTIONS) as pool:
            try:
                return self._found(pool.map(self._inspect, identifiers))
            finally:
                self._alive()  # those under way are waited for, as long as a call may take

    def _found(self, inspected: Iterable[ObservedContainer | None]) -> list[ObservedContainer]:
        found = []
        for container in inspected:
            self._alive()
            found += [container] if container else []
        return found

    def _inspect(self, identifier: str) -> ObservedContainer | None:
        try:
            with engine_errors():
                inspected = self._connection.client.inspect_container(identifier)
        except EngineNotFound:
            return None  # gone since it was listed
        if self._node is None:
            self._node = read_node(self._connection.client.info())
        return read_container(inspected, self._image_by_id(inspected["Image"]), self._node)

    def _image_by_id(self, identifier: str) -> ImageInfo | None:
        if identifier not in self._images_by_id:
            self._images_by_id[identifier] = self._read_image(identifier)
        return self._images_by_id[identifier]

    def _image(self, reference: str) -> ImageInfo | None:
        if reference not in self._known.images:
            self._alive()
            self._known.images[reference] = self._read_image(reference)
        return self._known.images[reference]

    def _read_image(self, name: str) -> ImageInfo | None:
        try:
            with engine_errors():
                inspect: Callable[[str], Mapping[str, Any]] = self._connection.client.inspect_image
                return read_image(inspect(name))
        except EngineUnavailable:
            raise
        except EngineError:
            return None  # the engine says why when it is to be pulled

    def _volumes(self) -> tuple[ObservedVolume, ...]:
        if self._known.volumes is None:
            self._alive()
            found = self._connection.client.volumes(filters=self._ours())["Volumes"] or ()
            volumes = (
                ObservedVolume(each["Name"], each["Labels"] or {}, read_time(each.get("CreatedAt") or ""))
                for each in found
            )
            self._known.volumes = tuple(sorted(volumes, key=lambda volume: volume.name))
        return self._known.volumes

    def _networks(self) -> tuple[ObservedNetwork, ...]:
        if self._known.networks is None:
            self._alive()
            found = map(_read_network, self._connection.client.networks(filters=self._ours()))
            self._known.networks = tuple(sorted(found, key=lambda network: (network.name, network.id)))
        return self._known.networks

    def _ours(self) -> dict[str, str]:
        return {"label": f"{labels.INSTANCE}={self._instance.name}"}


def _read_network(found: Mapping[str, Any]) -> ObservedNetwork:
    pools = (found.get("IPAM") or {}).get("Config") or [{}]
    subnet, gateway = pools[0].get("Subnet", ""), pools[0].get("Gateway", "")
    return ObservedNetwork(found["Name"], subnet, found["Id"], gateway, read_time(found.get("Created", "")))
