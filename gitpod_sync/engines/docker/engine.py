"""The Docker Engine behind our protocol: one method an operation, each one call where the API allows it.

Operations are made safe to repeat: what is already as asked is no error, since the next pass looks anyway.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from docker import APIClient

from gitpod_sync.engines.docker.connecting.connection import Connection, engine_errors
from gitpod_sync.engines.docker.files.executing import execute_orders
from gitpod_sync.engines.docker.files.executions import Executions
from gitpod_sync.engines.docker.files.folders import make_folder
from gitpod_sync.engines.docker.files.host_paths import check_path
from gitpod_sync.engines.docker.files.messages import clear_message
from gitpod_sync.engines.docker.files.volume_writing import write_files
from gitpod_sync.engines.docker.network import create_pod_network
from gitpod_sync.engines.docker.observing.events import DockerEventStream
from gitpod_sync.engines.docker.observing.mountpoints import find_mountpoints
from gitpod_sync.engines.docker.observing.node import DockerNode
from gitpod_sync.engines.docker.observing.observer import DockerObserver
from gitpod_sync.engines.docker.payload import Payload, compute_create_payload
from gitpod_sync.engines.docker.registries import find_digest, pull
from gitpod_sync.engines.docker.sandbox_image import import_sandbox
from gitpod_sync.engines.docker.scores import Scores
from gitpod_sync.engines.docker.updates import update_limits
from gitpod_sync.engines.node import ContainerUse, NodeAbout, NodeLevels, StorageUse
from gitpod_sync.engines.protocol import Execution, Pulled, Trials
from gitpod_sync.errors import EngineConflict, EngineError, EngineNotFound, ImageUnavailable
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.model.records.pressure import StoredImage
from gitpod_sync.operations import operations as op

_POOL_SIZE = 64
"""Connections kept open: more than there are threads that call at once."""


class DockerEngine:
    """One instance's view of one engine. `url` None means DOCKER_HOST or the local socket.

    It connects at the first call. With `read_only` whatever would write raises `EngineError` before anything is sent.
    `trials` remembers what had to be tried on it.
    """

    def __init__(
        self, instance: Instance, url: str | None = None, *, read_only: bool = False, trials: Trials | None = None
    ) -> None:
        self._instance = instance
        self._connection = Connection(url, read_only=read_only, pool_size=_POOL_SIZE)
        self._observer = DockerObserver(self._connection, instance)
        self._node = DockerNode(self._connection, instance)
        self._executions = Executions()
        self._scores = Scores(instance, trials=trials)
        self._pulls: dict[str, PullProgress] = {}

    def observe(
        self, images: frozenset[str], *, fresh: bool = False, alive: Callable[[], None] = lambda: None
    ) -> Observed:
        """See `engines.protocol.Observer`."""
        return self._observer.observe(images, fresh=fresh, alive=alive)

    def events(self) -> DockerEventStream:
        """See `engines.protocol.Observer`."""
        return self._observer.events()

    def read_about(self) -> NodeAbout:
        """See `engines.node.NodeReader`."""
        return self._node.read_about()

    def read_levels(self) -> NodeLevels:
        """See `engines.node.NodeReader`."""
        return self._node.read_levels()

    def read_uses(self, containers: Sequence[str]) -> Mapping[str, ContainerUse]:
        """See `engines.node.NodeReader`."""
        return self._node.read_uses(containers)

    def read_storage_use(self, containers: Sequence[str], volumes: Sequence[str]) -> StorageUse:
        """See `engines.node.NodeReader`."""
        return self._node.read_storage_use(containers, volumes)

    def read_stored_images(self) -> tuple[StoredImage, ...]:
        """See `engines.node.NodeReader`."""
        return self._node.read_stored_images()

    def close(self) -> None:
        """Close every connection."""
        self._connection.close()

    def import_sandbox_image(self, operation: op.ImportSandboxImage) -> None:
        """Import our own program."""
        with self._changing("image", operation.reference) as client:
            import_sandbox(client, operation.reference)

    def create_network(self, operation: op.CreateNetwork) -> None:
        """Make the network. Raises `EngineConflict` when another one bears its name."""
        with self._changing("network", operation.name) as client:
            create_pod_network(client, operation.name, {labels.INSTANCE: self._instance.name})

    def remove_network(self, operation: op.RemoveNetwork) -> None:
        """Remove the network; a network that is gone is no error."""
        with self._changing("network", operation.name) as client, _unless(EngineNotFound):
            client.remove_network(operation.name)

    def connect_network(self, operation: op.ConnectNetwork) -> None:
        """Attach a container; an attached container is no error."""
        with self._changing("container", operation.id) as client, _unless(EngineError, "already exists in network"):
            client.connect_container_to_network(operation.id, operation.network)

    def disconnect_network(self, operation: op.DisconnectNetwork) -> None:
        """Detach a container; a container that is not attached, or a network that is gone, is no error."""
        with (
            self._changing("container", operation.id) as client,
            _unless(EngineNotFound),
            _unless(EngineError, "is not connected"),
        ):
            client.disconnect_container_from_network(operation.id, operation.network)

    def pull_image(self, operation: op.PullImage) -> Pulled:
        """Pull it. Raises `ImageUnavailable` with the registry's answers."""

        def tell(progress: PullProgress) -> None:
            self._pulls[operation.reference] = progress

        with self._changing("image", operation.reference) as client:
            try:
                tell(PullProgress())
                return Pulled(pull(client, operation.reference, operation.logins, tell))
            finally:
                self._pulls.pop(operation.reference, None)

    def pulls(self) -> Mapping[str, PullProgress]:
        """See `engines.protocol.Engine`."""
        return dict(self._pulls)

    def find_digest(self, reference: str, logins: tuple[Login, ...]) -> str:
        """See `engines.protocol.Engine`."""
        with engine_errors():
            return find_digest(self._connection.client, reference, logins)

    def remove_image(self, operation: op.RemoveImage) -> None:
        """Untag the image; a missing image is no error. Raises `EngineConflict` while a container uses it."""
        with self._changing("image", operation.reference) as client, _unless(ImageUnavailable):
            client.remove_image(operation.reference)

    def create_container(self, operation: op.CreateContainer) -> None:
        """Create it. Raises `EngineConflict` for a name that is taken, `ImageUnavailable` without its image."""
        with self._changing("container", operation.name) as client:
            create: Callable[[Payload, str], object] = client.create_container_from_config
            payload = compute_create_payload(operation.config, find_mountpoints(client, operation.config))
            create(self._scores.fit(client, payload, proven=self._observer.has_lowered_score), operation.name)

    def start_container(self, operation: op.StartContainer) -> None:
        """Start the container; a running one is no error. Raises `EngineConflict` when a port of the node is taken."""
        with self._changing("container", operation.name) as client:
            try:
                with engine_errors():
                    client.start(operation.name)
            except EngineError:
                self._scores.remove_unfit(client, operation.name)
                raise

    def write_files(self, operation: op.WriteFiles) -> None:
        """Write them, and show them all at once. Raises `EngineError` when what was there could not be put aside."""
        with self._changing("container", operation.id) as client:
            write_files(client, operation)

    def share_folder(self, operation: op.ShareFolder) -> None:
        """Have our program give it to the group: an engine has no call for that."""
        with self._changing("container", operation.id) as client:
            orders = ("group", str(operation.group), operation.path, "mode", "2777", operation.path)
            execute_orders(client, operation.id, orders, operation.group)

    def share_tree(self, operation: op.ShareTree) -> None:
        """Have our program walk it, in a sandbox that has the rights to."""
        subject = (str(operation.group), operation.path)
        orders = ("expect", *subject, "share", *subject) if operation.unless_shared else ("share", *subject)
        with self._changing("container", operation.id) as client:
            execute_orders(client, operation.id, orders, operation.group)

    def check_path(self, operation: op.CheckPath) -> None:
        """Look at it through a container that is never started."""
        name = self._instance.look_name(operation.volume)
        owned = {labels.INSTANCE: self._instance.name, labels.UID: operation.volume.partition("/")[0]}
        with self._changing("container", name) as client:
            check_path(client, operation, name, owned)

    def make_folder(self, operation: op.MakeFolder) -> None:
        """Make it. Raises `EngineError` when a link leads out of the volume."""
        with self._changing("container", operation.id) as client:
            make_folder(client, operation)

    def clear_message(self, operation: op.ClearMessage) -> None:
        """Put an empty file in its place."""
        with self._changing("container", operation.id) as client:
            clear_message(client, operation)

    def signal_container(self, operation: op.SignalContainer) -> None:
        """Send a signal; a container that has ended meanwhile is no error."""
        with (
            self._changing("container", operation.id) as client,
            _unless(EngineNotFound),
            _unless(EngineConflict, "is not running"),
        ):
            client.kill(operation.id, operation.signal)

    def execute_command(
        self, container: str, command: tuple[str, ...], timeout: float | None, series: str = ""
    ) -> Execution:
        """See `engines.protocol.Engine`. It changes nothing that is observed."""
        with engine_errors():
            return self._executions.execute(self._connection.client, container, command, timeout, series)

    def unpause_container(self, operation: op.UnpauseContainer) -> None:
        """Unpause the container; a container that is not paused is no error."""
        with self._changing("container", operation.id) as client, _unless(EngineError, "is not paused"):
            client.unpause(operation.id)

    def update_container(self, operation: op.UpdateContainer) -> None:
        """Set limits and restart policy."""
        with self._changing("container", operation.id) as client:
            update_limits(client, operation.id, operation.limits)

    def rename_container(self, operation: op.RenameContainer) -> None:
        """Rename the container. Raises `EngineConflict` when the name is taken."""
        with self._changing("container", operation.id) as client:
            client.rename(operation.id, operation.name)

    def remove_container(self, operation: op.RemoveContainer) -> None:
        """Kill and remove the container; a container that is gone or on its way is no error."""
        with (
            self._observer.leaving(operation.id),
            engine_errors(),
            _unless(EngineNotFound),
            _unless(EngineConflict, "is already in progress"),
        ):
            client = self._connection.client
            client.remove_container(operation.id, v=True, force=True)
        self._executions.forget(operation.id)

    def own_prober(self) -> None:
        """See `engines.protocol.Engine`: whoever is on its machine reaches its pods."""

    def own_instance(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """See `engines.protocol.Engine`."""
        name = self._instance.owner_volume
        with self._changing("volume", name) as client:
            # The engine answers with the volume that is there, if there is one, and changes nothing of it.
            made: Mapping[str, Any] = client.create_volume(name, driver="local", labels=dict(labels))
            return dict(made["Labels"] or {})

    def remove_volume(self, operation: op.RemoveVolume) -> None:
        """Remove the volume; a missing volume is no error. Raises `EngineConflict` while it is in use."""
        with self._changing("volume", operation.name) as client, _unless(EngineNotFound):
            client.remove_volume(operation.name)

    @contextmanager
    def _changing(self, kind: str, identifier: str) -> Iterator[APIClient]:
        """A call that changes something: errors are ours, and what it names is read again afterwards."""
        try:
            with engine_errors():
                yield self._connection.client
        finally:
            self._observer.touch(kind, identifier)


@contextmanager
def _unless(harmless: type[EngineError], words: str = "") -> Iterator[None]:
    """Pass over one kind of answer: what was asked for is so already."""
    try:
        with engine_errors():
            yield
    except harmless as error:
        if words not in error.message:
            raise
