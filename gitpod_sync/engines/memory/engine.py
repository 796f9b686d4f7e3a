"""The simulated engine: the real protocol on plain dictionaries.

It refuses what Docker refuses (a name that is taken, a missing image, a port in use, a network namespace that is not
there), so that a plan which works here works there; the contract tests hold it to that.
"""

import ipaddress
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import PurePosixPath

from gitpod_sync.engines.memory.containers import KILLED, NOT_FOUND, TERMINATED, Behaviour, SimulatedContainer
from gitpod_sync.engines.memory.mount_points import compute_folders, find_enclosing, refuse_place
from gitpod_sync.engines.memory.prober import MemoryProber
from gitpod_sync.engines.memory.registry import IMAGE_SIZE, MemoryRegistries
from gitpod_sync.engines.memory.stream import MemoryEventStream
from gitpod_sync.engines.node import ContainerUse, NodeAbout, NodeLevels, StorageUse
from gitpod_sync.engines.protocol import EngineEvent, Execution, Pulled
from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound, EngineUnavailable, ImageUnavailable
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.container import HOST_NETWORK, MountKind, Sharing
from gitpod_sync.model.engine.features import EngineFeatures
from gitpod_sync.model.engine.observed import (
    ContainerStatus,
    ImageInfo,
    Observed,
    ObservedContainer,
    ObservedNetwork,
    ObservedNode,
    ObservedVolume,
)
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.pods.host_path import HostPathType, PathKind, refuse_path
from gitpod_sync.model.pods.image import normalized_reference
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.model.records.pressure import Level, Signal, StoredImage
from gitpod_sync.model.records.probing import Answer
from gitpod_sync.operations import operations as op

SUBNET = ipaddress.IPv4Network("10.99.0.0/16")
GATEWAY = str(SUBNET[1])
NODE = ObservedNode(
    name="simulated",
    cpus=4,
    memory=16 * 1024**3,
    architecture="amd64",
    storage=100 * 1024**3,
    features=EngineFeatures(runtime="simulated"),
)
PLENTY = {
    Signal.MEMORY_AVAILABLE: Level(8 * 1024**3, NODE.memory),
    Signal.NODEFS_AVAILABLE: Level(80 * 1024**3, 100 * 1024**3),
    Signal.NODEFS_INODES_FREE: Level(900_000, 1_000_000),
    Signal.IMAGEFS_AVAILABLE: Level(80 * 1024**3, 100 * 1024**3),
}

_SHARED = "container:"
_IGNORED_WHEN_IGNORING = {"SIGTERM", "TERM", "SIGINT", "INT"}


class MemoryEngine:
    """One engine, seen by one instance. Attributes that a test may set are public; the rest is the protocol.

    `registries` are where images come from, `behaviours` what the programs of images do, `node` is the machine. While
    `unavailable` is set, every call raises `EngineUnavailable`; `before` is called with every operation first, `after`
    once it has taken effect, and both may raise whatever they like.
    """

    def __init__(self, instance: Instance, clock: Callable[[], float]) -> None:
        self.instance = instance
        self.clock = clock
        self.registries = MemoryRegistries()
        self.absent = self.registries.absent
        self.pulling: dict[str, PullProgress] = {}
        self.behaviours: dict[str, Behaviour] = {}
        self.node = NODE
        self.levels: dict[Signal, Level] = dict(PLENTY)
        """How much is left of the node."""
        self.memory_use: dict[str, int] = {}
        """Working sets in bytes, by the names of containers."""
        self.cpu_use: dict[str, int] = {}
        """Millicores, by the names of containers."""
        self._cpu_counted: dict[str, tuple[float, float]] = {}
        """Nanoseconds of CPU by the ids of containers, and until when they were counted."""
        self.storage_use: dict[str, int] = {}
        """Bytes on the disk, by the names of containers and volumes."""
        self.unavailable = False
        self.before: Callable[[op.Operation], None] = _nothing
        self.after: Callable[[op.Operation], None] = _nothing
        self.images: dict[str, ImageInfo] = {}
        self.containers: dict[str, SimulatedContainer] = {}
        self.volumes: dict[str, dict[str, str]] = {}
        self.files: dict[str, dict[str, VolumeFile]] = {}
        """What was written into volumes, by their names."""
        self.messages: dict[tuple[str, str], tuple[str, float]] = {}
        """Termination messages by volume and file, with the times at which they were left."""
        self.folders: dict[str, set[str]] = {}
        self.groups: dict[str, int] = {}
        self.paths: dict[str, PathKind] = {}
        """What is at paths of the node."""
        self.networks: dict[str, dict[str, str]] = {}
        self._networks_made: dict[str, float] = {}
        self._owned_since: dict[str, float] = {}
        self._read: dict[str, tuple[tuple[object, ...], ObservedContainer]] = {}
        self._streams: list[MemoryEventStream] = []
        self._numbers = count(1)
        self._lock = threading.RLock()

    def observe(
        self,
        images: frozenset[str],
        *,
        fresh: bool = False,  # noqa: ARG002 - nothing is cached
        alive: Callable[[], None] = lambda: None,  # noqa: ARG002 - it is one call
    ) -> Observed:
        """See `engines.protocol.Observer`."""
        with self.calling():
            ours = [each for each in self.containers.values() if self._is_ours(each.labels)]
            volumes = [
                ObservedVolume(name, found, self._owned_since.get(name))
                for name, found in self.volumes.items()
                if self._is_ours(found)
            ]
            networks = {
                name: ObservedNetwork(name, str(SUBNET), name, GATEWAY, self._networks_made.get(name))
                for name in sorted(self._own_networks())
            }
            own = networks.pop(self.instance.network, None)
            return Observed(
                containers=tuple(sorted(map(self._seen, ours), key=lambda each: each.name)),
                volumes=tuple(sorted(volumes, key=lambda each: each.name)),
                network=own,
                stray_networks=tuple(networks.values()),
                node=self.node,
                images={each: self.images.get(normalized_reference(each)) for each in sorted(images)},
            )

    def events(self) -> MemoryEventStream:
        """See `engines.protocol.Observer`."""
        with self.calling():
            stream = MemoryEventStream(self._forget_stream)
            self._streams.append(stream)
            return stream

    def close(self) -> None:
        """Close every stream."""
        for stream in tuple(self._streams):
            stream.close()

    def import_sandbox_image(self, operation: op.ImportSandboxImage) -> None:
        """Put an image there."""
        with self.calling(operation):
            self._add_image(operation.reference, "import")

    def pull_image(self, operation: op.PullImage) -> Pulled:
        """Get it from the simulated registries."""
        with self.calling(operation):
            pass

        def tell(progress: PullProgress) -> None:
            self.pulling[operation.reference] = progress

        try:
            name = self.registries.pull(operation.reference, operation.logins, tell)
        finally:
            self.pulling.pop(operation.reference, None)
        with self.calling():
            self._add_image(operation.reference, "pull", name)
        return Pulled(IMAGE_SIZE)

    def pulls(self) -> Mapping[str, PullProgress]:
        """See `engines.protocol.Engine`."""
        return dict(self.pulling)

    def find_digest(self, reference: str, logins: tuple[Login, ...]) -> str:
        """See `engines.protocol.Engine`."""
        with self.calling():
            self.registries.looks.append(reference)
            return self.registries.find_digest(reference, logins)

    def remove_image(self, operation: op.RemoveImage) -> None:
        """Remove the image; a missing image is passed over."""
        with self.calling(operation):
            name = normalized_reference(operation.reference)
            if any(normalized_reference(each.config.image) == name for each in self.containers.values()):
                raise EngineConflict(f"image {name} is being used by a container")
            if self.images.pop(name, None) is not None:
                self.tell("image", "delete", name)

    def read_about(self) -> NodeAbout:
        """See `engines.node.NodeReader`."""
        with self.calling():
            return NodeAbout("simulated://1", "simulated", "simulated", "linux", "amd64")

    def read_levels(self) -> NodeLevels:
        """See `engines.node.NodeReader`."""
        with self.calling():
            return NodeLevels(dict(self.levels))

    def read_uses(self, containers: Sequence[str]) -> Mapping[str, ContainerUse]:
        """See `engines.node.NodeReader`."""
        with self.calling():
            running = (each for each in containers if each in self.containers and self.containers[each].alive)
            return {each: self._count_use(self.containers[each]) for each in running}

    def _count_use(self, container: SimulatedContainer) -> ContainerUse:
        """The use of a container: its present rate counts for the whole time since the last count."""
        now = self.clock()
        counted, until = self._cpu_counted.get(container.id, (0.0, container.started_at or now))
        # A millicore is a million nanoseconds a second.
        counted += self.cpu_use.get(container.name, 0) * 1e6 * max(0.0, now - until)
        self._cpu_counted[container.id] = (counted, now)
        return ContainerUse(self.memory_use.get(container.name, 0), round(counted), now)

    def read_storage_use(self, containers: Sequence[str], volumes: Sequence[str]) -> StorageUse:
        """See `engines.node.NodeReader`."""
        with self.calling():
            there = (each for each in containers if each in self.containers)
            return StorageUse(
                {each: self.storage_use.get(self.containers[each].name, 0) for each in there},
                {each: self.storage_use.get(each, 0) for each in volumes if each in self.volumes},
            )

    def read_stored_images(self) -> tuple[StoredImage, ...]:
        """See `engines.node.NodeReader`."""
        with self.calling():
            used = {normalized_reference(each.config.image) for each in self.containers.values()}
            return tuple(StoredImage((name,), name in used) for name in sorted(self.images))

    def create_network(self, operation: op.CreateNetwork) -> None:
        """Make a network."""
        with self.calling(operation):
            if operation.name in self.networks:
                raise EngineConflict(f"network with name {operation.name} already exists")
            self.networks[operation.name] = {labels.INSTANCE: self.instance.name}
            self._networks_made[operation.name] = self.clock()
            self.tell("network", "create", operation.name)

    def remove_network(self, operation: op.RemoveNetwork) -> None:
        """Remove a network without endpoints."""
        with self.calling(operation):
            if any(operation.name in each.endpoints for each in self.containers.values() if each.alive):
                raise EngineError(f"network {operation.name} has active endpoints")
            if self.networks.pop(operation.name, None) is not None:
                self.tell("network", "destroy", operation.name)

    def connect_network(self, operation: op.ConnectNetwork) -> None:
        """Attach a container."""
        with self.calling(operation):
            container = self.find(operation.id)
            if operation.network not in self.networks:
                raise EngineNotFound(f"network {operation.network} not found")
            container.endpoints.setdefault(operation.network, self._free_address() if container.alive else "")
            self.tell("network", "connect", container.id)

    def disconnect_network(self, operation: op.DisconnectNetwork) -> None:
        """Detach a container; a container that is not attached is passed over."""
        with self.calling(operation):
            container = self.find(operation.id)
            if container.endpoints.pop(operation.network, None) is not None:
                self.tell("network", "disconnect", container.id)

    def create_container(self, operation: op.CreateContainer) -> None:
        """Create a container and the volumes that it mounts."""
        with self.calling(operation):
            config = operation.config
            if any(each.name == operation.name for each in self.containers.values()):
                raise EngineConflict(f"the container name {operation.name} is already in use")
            image = self.images.get(normalized_reference(config.image))
            if image is None:
                raise ImageUnavailable(f"no such image: {config.image}")
            if config.network.startswith(_SHARED):
                sandbox = self.find(config.network.removeprefix(_SHARED))
                config = replace(config, network=f"{_SHARED}{sandbox.id}")
            for mount in config.mounts:
                if mount.must_exist and mount.source not in self.paths:
                    raise EngineError(f"bind source path does not exist: {mount.source}")
                if mount.kind is MountKind.IMAGE and normalized_reference(mount.source) not in self.images:
                    raise ImageUnavailable(f"no such image: {mount.source}")
                if mount.kind is MountKind.VOLUME and mount.source not in self.volumes:
                    self.volumes[mount.source] = dict(mount.volume_labels)
                    self.tell("volume", "create", mount.source)
            identifier = f"{next(self._numbers):064x}"
            behaviour = self.behaviours.get(config.image, Behaviour())
            self.containers[identifier] = SimulatedContainer(
                id=identifier,
                name=operation.name,
                config=config,
                image=image,
                behaviour=behaviour,
                created_at=self.clock(),
                limits=config.limits,
            )
            self.tell("container", "create", identifier)

    def start_container(self, operation: op.StartContainer) -> None:
        """Start a container."""
        with self.calling(operation):
            self.start(self.find(operation.name))

    def write_files(self, operation: op.WriteFiles) -> None:
        """Write files into a volume of a running container."""
        with self.calling(operation):
            volume = self._volume_at(operation.id, operation.path)
            before, folders = self.files.get(volume, {}), self.folders.get(volume, set())
            self.folders[volume] = compute_folders(before, folders, operation.folders)
            self.files[volume] = {file.path: file for file in operation.files}

    def share_folder(self, operation: op.ShareFolder) -> None:
        """Give a volume to a group."""
        with self.calling(operation):
            self.groups[self._volume_at(operation.id, operation.path)] = operation.group

    def share_tree(self, operation: op.ShareTree) -> None:
        """Give a volume, and what is in it, to a group."""
        with self.calling(operation):
            self.groups[self._volume_at(operation.id, operation.path)] = operation.group

    def check_path(self, operation: op.CheckPath) -> None:
        """Look at a path of the node, and make it."""
        with self.calling(operation):
            path = operation.path
            if path.path not in self.paths and path.type is HostPathType.DIRECTORY_OR_CREATE:
                self.paths[path.path] = PathKind.DIRECTORY
            elif path.path not in self.paths and path.type is HostPathType.FILE_OR_CREATE:
                if str(PurePosixPath(path.path).parent) not in self.paths:
                    raise EngineError(f"open {path.path}: no such file or directory")
                self.paths[path.path] = PathKind.FILE
            refusal = refuse_path(path, self.paths.get(path.path))
            if refusal:
                raise EngineError(refusal)

    def make_folder(self, operation: op.MakeFolder) -> None:
        """Make a folder in a volume."""
        with self.calling(operation):
            self.folders.setdefault(self._volume_at(operation.id, operation.path), set()).add(operation.inner)

    def clear_message(self, operation: op.ClearMessage) -> None:
        """Forget a termination message."""
        with self.calling(operation):
            path = PurePosixPath(operation.path)
            self.messages.pop((self._volume_at(operation.id, str(path.parent)), path.name), None)

    def signal_container(self, operation: op.SignalContainer) -> None:
        """Send a signal; a container that does not run is passed over."""
        with self.calling(operation):
            container = self.containers.get(operation.id)
            if container is None or not container.alive:
                return
            if operation.signal in {"SIGKILL", "KILL"}:
                self.end(container, KILLED)
            elif not (container.behaviour.ignores_term and operation.signal in _IGNORED_WHEN_IGNORING):
                self.end(container, TERMINATED)

    def execute_command(
        self,
        container: str,
        command: tuple[str, ...],
        timeout: float | None,  # noqa: ARG002 - no command takes time
        series: str = "",  # noqa: ARG002
    ) -> Execution:
        """Run a command, which answers as the container's behaviour says of its first word."""
        with self.calling():
            answer = self._answer(container, command[0])
            return Execution(0 if answer.good else 1, answer.detail)

    def answer(self, container: str, what: str, at: float) -> Answer:
        """How a container answers a probe at a time that has come. Raises `EngineError` when it does not run."""
        with self.calling():
            return self._answer(container, what, at)

    def _answer(self, container: str, what: str, at: float | None = None) -> Answer:
        found = self.find(container)
        if found.status is not ContainerStatus.RUNNING:
            raise EngineConflict(f"container {container} is not running")
        since = found.started_at or 0.0
        return found.behaviour.answer(what, (self.clock() if at is None else at) - since)

    def unpause_container(self, operation: op.UnpauseContainer) -> None:
        """Let it go on."""
        with self.calling(operation):
            container = self.find(operation.id)
            if container.status is ContainerStatus.PAUSED:
                container.status = ContainerStatus.RUNNING
                self.tell("container", "unpause", container.id)

    def update_container(self, operation: op.UpdateContainer) -> None:
        """Set limits."""
        with self.calling(operation):
            self.find(operation.id).limits = operation.limits
            self.tell("container", "update", operation.id)

    def rename_container(self, operation: op.RenameContainer) -> None:
        """Give it another name."""
        with self.calling(operation):
            container = self.find(operation.id)
            if any(each.name == operation.name for each in self.containers.values()):
                raise EngineConflict(f"the container name {operation.name} is already in use")
            container.name = operation.name
            self.tell("container", "rename", container.id)

    def remove_container(self, operation: op.RemoveContainer) -> None:
        """Kill and remove the container; a missing container is passed over."""
        with self.calling(operation):
            if operation.id in self.containers:
                self.remove(self.containers[operation.id])

    def own_prober(self) -> MemoryProber:
        """See `engines.protocol.Engine`: nothing listens at the addresses that it gives."""
        return MemoryProber(self)

    def own_instance(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """See `engines.protocol.Engine`."""
        name = self.instance.owner_volume
        with self.calling():
            if name not in self.volumes:
                self.volumes[name] = dict(labels)
                self._owned_since[name] = self.clock()
                self.tell("volume", "create", name)
            return dict(self.volumes[name])

    def remove_volume(self, operation: op.RemoveVolume) -> None:
        """Remove a volume that nothing mounts; a missing volume is passed over."""
        with self.calling(operation):
            mounted = (mount.source for each in self.containers.values() for mount in each.config.mounts)
            if operation.name in mounted:
                raise EngineConflict(f"volume {operation.name} is in use")
            self._forget_files(operation.name)
            self.messages = {key: found for key, found in self.messages.items() if key[0] != operation.name}
            if self.volumes.pop(operation.name, None) is not None:
                self.tell("volume", "destroy", operation.name)

    @contextmanager
    def calling(self, operation: op.Operation | None = None) -> Iterator[None]:
        """Serialise calls; programs whose time is over have ended before the call."""
        with self._lock:
            if self.unavailable:
                raise EngineUnavailable("the engine does not answer")
            if operation is not None:
                self.before(operation)
            self.let_time_pass()
            yield
            if operation is not None:
                self.after(operation)

    def find(self, id_or_name: str) -> SimulatedContainer:
        """A container by id or name. Raises `EngineNotFound`."""
        for container in self.containers.values():
            if id_or_name in {container.id, container.name}:
                return container
        raise EngineNotFound(f"no such container: {id_or_name}")

    def start(self, container: SimulatedContainer) -> None:
        """Run its program."""
        if container.alive:
            return
        network = container.config.network
        if network.startswith(_SHARED):
            sandbox = self.containers.get(network.removeprefix(_SHARED))
            if sandbox is None or not sandbox.alive:
                raise EngineConflict("cannot join the network of a container that is not running")
            if container.config.ipc is Sharing.JOINED and sandbox.config.ipc is Sharing.PRIVATE:
                raise EngineError("cannot join the IPC namespace of a container that keeps it to itself")
        elif network not in {*self.networks, HOST_NETWORK}:
            raise EngineNotFound(f"network {network} not found")
        self._check_ports(container)
        self._check_places(container)
        if container.behaviour.fails_to_start:
            container.exit_code, container.error = NOT_FOUND, container.behaviour.refusal(container.config)
            raise EngineError(container.error)
        container.status, container.started_at = ContainerStatus.RUNNING, self.clock()
        container.oom_killed, container.error = False, ""
        if not network.startswith(_SHARED):
            container.endpoints = {network: "" if network == HOST_NETWORK else self._free_address()}
        self.tell("container", "start", container.id)

    def _check_places(self, container: SimulatedContainer) -> None:
        """A volume that is only read has to have what another one is mounted at."""
        for inner in container.config.mounts:
            outer = find_enclosing(container.config.mounts, inner)
            if outer is None or not outer.read_only or outer.kind is not MountKind.VOLUME:
                continue
            files, folders = self.files.get(outer.source, {}), self.folders.get(outer.source, set())
            refusal = refuse_place(outer, inner, files, folders)
            if refusal:
                raise EngineError(refusal)

    def end(self, container: SimulatedContainer, exit_code: int, at: float | None = None) -> None:
        """End the container's process."""
        container.status, container.exit_code = ContainerStatus.EXITED, exit_code
        container.finished_at = self.clock() if at is None else at
        if container.behaviour.message:
            for mount in container.config.mounts:
                if mount.sub_path and mount.source.endswith("__messages"):
                    message = container.behaviour.message, container.finished_at
                    self.messages[mount.source, mount.sub_path] = message
        container.endpoints = dict.fromkeys(container.endpoints, "")
        self._forget_memory(container)
        self.tell("container", "die", container.id)

    def remove(self, container: SimulatedContainer) -> None:
        """Kill and remove it."""
        if container.alive:
            self.end(container, KILLED)
        self.tell("container", "destroy", container.id)
        del self.containers[container.id]
        self._read.pop(container.id, None)

    def tell(self, kind: str, action: str, identifier: str) -> None:
        """An event to everybody who listens; of containers only the instance's own."""
        found = self.containers.get(identifier) if kind == "container" else None
        if found is not None and not self._is_ours(found.labels):
            return
        for stream in self._streams:
            stream.put(EngineEvent(kind, action, identifier, dict(found.labels) if found else {}))

    def cut_streams(self) -> None:
        """End all streams as an outage would."""
        for stream in self._streams:
            stream.cut()
        self._streams.clear()

    def _volume_at(self, container_id: str, path: str) -> str:
        container = self.find(container_id)
        mounts = {mount.target: mount.source for mount in container.config.mounts if not mount.read_only}
        if not container.alive or path not in mounts:
            raise EngineError(f"container {container_id} has no volume at {path} to write to")
        return mounts[path]

    def _forget_memory(self, ended: SimulatedContainer) -> None:
        """A volume in memory is empty again once nothing that runs has it mounted."""
        mounted = {mount.source for each in self.containers.values() if each.alive for mount in each.config.mounts}
        for mount in ended.config.mounts:
            if mount.in_memory and mount.source not in mounted:
                self._forget_files(mount.source)

    def _forget_files(self, volume: str) -> None:
        self.files.pop(volume, None)
        self.folders.pop(volume, None)

    @property
    def next_end(self) -> float | None:
        """When the next program comes to its own end."""
        ends = (each.own_end for each in self.containers.values() if each.status is ContainerStatus.RUNNING)
        return min((end for end in ends if end is not None), default=None)

    def let_time_pass(self) -> None:
        """Programs whose time is over by now come to their end. Every call does it first."""
        now = self.clock()
        for container in [each for each in self.containers.values() if each.behaviour.exits_after is not None]:
            end = container.due_to_end(now)
            if end is not None:
                self.end(container, container.behaviour.exit_code, end)

    def _check_ports(self, container: SimulatedContainer) -> None:
        taken = {
            (port.host_port, port.protocol)
            for each in self.containers.values()
            if each.alive
            for port in each.config.ports
        }
        for port in container.config.ports:
            if (port.host_port, port.protocol) in taken:
                raise EngineConflict(f"port is already allocated: {port.host_port}/{port.protocol}")

    def _free_address(self) -> str:
        """A free address in the lower half of the subnet, whose first address is the gateway's."""
        taken = {address for each in self.containers.values() for address in each.endpoints.values()}
        candidates = (str(SUBNET[number]) for number in range(2, SUBNET.num_addresses // 2))
        return next(address for address in candidates if address not in taken)

    def _add_image(self, reference: str, action: str, digest: str = "") -> None:
        """Put an image on the engine; for a moved tag, the image that the tag names now."""
        name = normalized_reference(reference)
        present = self.images.get(name)
        if present is None or (digest and digest not in present.digests):
            identifier = f"sha256:{name}" if present is None or not digest else f"sha256:{digest}"
            given = replace(present, id=identifier) if present else ImageInfo(identifier)
            self.images[name] = replace(given, digests=(digest,) if digest else ())
        self.tell("image", action, name)

    def _seen(self, container: SimulatedContainer) -> ObservedContainer:
        """The container as a reader sees it; the same object as long as nothing changes, as with a real observer."""
        state = container.state
        known = self._read.get(container.id)
        if known is None or known[0] != state:
            known = self._read[container.id] = (state, _observed(container))
        return known[1]

    def _own_networks(self) -> list[str]:
        return [name for name, found in self.networks.items() if self._is_ours(found)]

    def _is_ours(self, found: Mapping[str, str]) -> bool:
        return found.get(labels.INSTANCE) == self.instance.name

    def _forget_stream(self, stream: MemoryEventStream) -> None:
        if stream in self._streams:
            self._streams.remove(stream)


def _observed(container: SimulatedContainer) -> ObservedContainer:
    config, image = container.config, container.image
    entrypoint, command = config.entrypoint, config.command
    if entrypoint is None:
        # Without an entrypoint of its own a container has the image's, and its command unless it has one of its own.
        entrypoint = image.entrypoint or None
        command = (image.command or None) if command is None else command
    return ObservedContainer(
        id=container.id,
        name=container.name,
        config=replace(
            config,
            entrypoint=entrypoint,
            command=command,
            env={**image.env, **config.env},
            working_dir=config.working_dir or image.working_dir,
            user=config.user or image.user,
            limits=container.limits,
        ),
        status=container.status,
        image=image,
        created_at=container.created_at,
        started_at=container.started_at,
        finished_at=container.finished_at,
        exit_code=container.exit_code,
        oom_killed=container.oom_killed,
        error=container.error,
        stop_signal=config.stop_signal or "SIGTERM",
        networks=dict(container.endpoints),
    )


def _nothing(_operation: op.Operation) -> None:
    """Let it be done."""
