"""A person's doings on the simulated engine beside us, in the words of the docker command."""

from collections.abc import Mapping

from gitpod_sync.engines.memory.containers import KILLED, TERMINATED
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.mount_points import compute_seen
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ContainerStatus, ImageInfo
from gitpod_sync.operations.operations import ConnectNetwork, CreateContainer


class Hand:
    """A hand on the engine. Containers are named by id or name."""

    def __init__(self, engine: MemoryEngine) -> None:
        self._engine = engine

    def kill(self, container: str) -> None:
        """End its process at once."""
        with self._engine.calling():
            self._engine.end(self._engine.find(container), KILLED)

    def stop(self, container: str) -> None:
        """End its process, with TERM."""
        with self._engine.calling():
            self._engine.end(self._engine.find(container), TERMINATED)

    def restart(self, container: str) -> None:
        """End and start it again: the same container."""
        with self._engine.calling():
            found = self._engine.find(container)
            if found.alive:
                self._engine.end(found, TERMINATED)
            self._engine.start(found)

    def start(self, container: str) -> None:
        """Start a container that has ended: the same container, not a new one."""
        with self._engine.calling():
            self._engine.start(self._engine.find(container))

    def remove(self, container: str) -> None:
        """Kill and remove it."""
        with self._engine.calling():
            self._engine.remove(self._engine.find(container))

    def pause(self, container: str) -> None:
        """Freeze it."""
        with self._engine.calling():
            found = self._engine.find(container)
            found.status = ContainerStatus.PAUSED
            self._engine.tell("container", "pause", found.id)

    def rename(self, container: str, name: str) -> None:
        """Give it another name."""
        with self._engine.calling():
            found = self._engine.find(container)
            found.name = name
            self._engine.tell("container", "rename", found.id)

    def update(self, container: str, limits: Limits) -> None:
        """Change its limits."""
        with self._engine.calling():
            found = self._engine.find(container)
            found.limits = limits
            self._engine.tell("container", "update", found.id)

    def disconnect(self, container: str, network: str) -> None:
        """Take it off a network."""
        with self._engine.calling():
            found = self._engine.find(container)
            found.endpoints.pop(network, None)
            self._engine.tell("network", "disconnect", found.id)

    def connect(self, container: str, network: str) -> None:
        """Put it on another network."""
        with self._engine.calling():
            self._engine.networks.setdefault(network, {})
        self._engine.connect_network(ConnectNetwork(self._engine.find(container).id, network))

    def run(self, name: str, config: ContainerConfig) -> None:
        """Create and start a container of the person's own."""
        self._engine.images.setdefault(config.image, ImageInfo(f"sha256:{config.image}"))
        self._engine.create_container(CreateContainer(name, config))
        with self._engine.calling():
            self._engine.start(self._engine.find(name))

    def read_files(self, container: str, path: str) -> Mapping[str, tuple[bytes, int]]:
        """Content and mode of the files that the container sees of the volume mounted at `path`."""
        with self._engine.calling():
            (volume,) = (each.source for each in self._engine.find(container).config.mounts if each.target == path)
            files = self._engine.files.get(volume, {})
            seen = compute_seen(files, self._engine.folders.get(volume, set()))
            return {name: (file.content, file.mode) for name, file in files.items() if name in seen}

    def read_group(self, container: str, path: str) -> int:
        """The group that owns the volume mounted there."""
        with self._engine.calling():
            (volume,) = (each.source for each in self._engine.find(container).config.mounts if each.target == path)
            return self._engine.groups.get(volume, 0)

    def fill(self, container: str, path: str, size: int) -> None:
        """Write so many bytes into a file of a container; what it has mounted there holds them."""
        with self._engine.calling():
            found = self._engine.find(container)
            volumes = [each.source for each in found.config.mounts if path.startswith(f"{each.target}/")]
            name = volumes[0] if volumes else found.name
            self._engine.storage_use[name] = self._engine.storage_use.get(name, 0) + size

    def add_image(self, reference: str) -> None:
        """Put an image on the engine without a pull."""
        with self._engine.calling():
            self._engine.images[reference] = ImageInfo(f"sha256:{reference}")
            self._engine.tell("image", "import", reference)

    def remove_volume(self, name: str) -> None:
        """Remove a volume, whatever mounts it."""
        with self._engine.calling():
            del self._engine.volumes[name]
            self._engine.tell("volume", "destroy", name)

    def prune(self) -> None:
        """`docker system prune --all --force --volumes`: all that no running container needs."""
        with self._engine.calling():
            for found in tuple(self._engine.containers.values()):
                if not found.alive:
                    self._engine.remove(found)
            used = {mount.source for each in self._engine.containers.values() for mount in each.config.mounts}
            networks = {name for each in self._engine.containers.values() for name in each.endpoints}
            images = {each.image.id for each in self._engine.containers.values()}
            for kind, things, needed in (
                ("volume", self._engine.volumes, used),
                ("network", self._engine.networks, networks),
            ):
                for name in sorted(things.keys() - needed):
                    del things[name]
                    self._engine.tell(kind, "destroy", name)
            for reference, image in tuple(self._engine.images.items()):
                if image.id not in images:
                    del self._engine.images[reference]
                    self._engine.tell("image", "delete", reference)

    def exhaust_memory(self, container: str) -> None:
        """Take it more memory than it may have: the kernel kills it."""
        with self._engine.calling():
            found = self._engine.find(container)
            self._engine.end(found, KILLED)
            found.oom_killed = True

    def stop_engine(self) -> None:
        """The engine goes down, and what runs on it with it."""
        with self._engine.calling():
            for container in [each for each in self._engine.containers.values() if each.alive]:
                self._engine.end(container, KILLED)
            self._engine.cut_streams()
            self._engine.unavailable = True

    def remove_image(self, reference: str) -> None:
        """Remove an image."""
        with self._engine.calling():
            del self._engine.images[reference]
            self._engine.tell("image", "delete", reference)
