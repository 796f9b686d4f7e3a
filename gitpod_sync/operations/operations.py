"""What can be done on an engine. One operation is one call, and every engine has one method for each.

Containers that exist are named by `id`; those that the same plan makes by `name`.
"""

from dataclasses import dataclass, field

from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.pods.host_path import HostPath
from gitpod_sync.model.pods.registry_login import Login
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.model.records.probing import HookQuestion


@dataclass(frozen=True, slots=True)
class ImportSandboxImage:
    """Put our own sandbox program on the engine under this reference."""

    reference: str


@dataclass(frozen=True, slots=True)
class CreateNetwork:
    """Make the instance's bridge network; pods get the lower half of its subnet."""

    name: str


@dataclass(frozen=True, slots=True)
class RemoveNetwork:
    """Take a network away: the instance's own (by name) once no pod is left, another under its label (by id)."""

    name: str


@dataclass(frozen=True, slots=True)
class ConnectNetwork:
    """Attach a container to a network again."""

    id: str
    network: str


@dataclass(frozen=True, slots=True)
class DisconnectNetwork:
    """Take a container off a network."""

    id: str
    network: str


@dataclass(frozen=True, slots=True)
class PullImage:
    """Fetch an image from its registry.

    The registry is offered `logins` in their order, then the login that the host has for it, then none.
    """

    reference: str
    logins: tuple[Login, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RemoveImage:
    """Remove a reference to an image, and the image with its last reference; an image in use stays."""

    reference: str


@dataclass(frozen=True, slots=True)
class CreateContainer:
    """Create a container (and the volumes it mounts); it does not run yet."""

    name: str
    config: ContainerConfig


@dataclass(frozen=True, slots=True)
class StartContainer:
    """Start a created container."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteFiles:
    """Make these the files of a volume, and no others. Readers see all of the old files or all of the new ones."""

    id: str
    """The running container through which they are written."""
    path: str
    """Where that container has the volume mounted."""
    volume: str
    """The key under which `digest` is remembered; it begins with the pod's UID."""
    digest: str
    """Of all that is written: the same again need not be written."""
    files: tuple[VolumeFile, ...] = field(repr=False)
    """With their contents, which may be confidential."""
    group: int | None = None
    """Numeric group that they belong to; None: root's."""
    folders: tuple[str, ...] = ()
    """Made beside the files for other volumes to be mounted at, and they stay.

    A file of such a name, or below it, is not seen. What readers see of a file already is never replaced by a folder:
    something may be mounted over it.
    """


@dataclass(frozen=True, slots=True)
class ShareFolder:
    """Give the root of a volume that the running container `id` has mounted at `path` to a group, open to all.

    What is made there belongs to the group as well. `volume` and `digest` are as for `WriteFiles`.
    """

    id: str
    path: str
    volume: str
    digest: str
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTree:
    """Let a group read and write all that is in a volume. It may take long: it has a worker for as long."""

    id: str
    """The running container through which it is done."""
    path: str
    """Where that container has the volume mounted."""
    volume: str
    """As for `WriteFiles`."""
    digest: str
    """As for `WriteFiles`."""
    group: int
    """Numeric group; what is made there later belongs to it as well."""
    unless_shared: bool = False
    """Leave the volume alone when its root looks as if it had been done."""


@dataclass(frozen=True, slots=True)
class CheckPath:
    """Look whether a path of the node is what it has to be, and make it when it is missing and may be made.

    What looks is a container of our own `image` that is never started. `volume` and `digest` are as for `WriteFiles`.
    """

    path: HostPath
    volume: str
    digest: str
    image: str


Readying = WriteFiles | ShareFolder | ShareTree | CheckPath
"""What makes a volume of a pod ready, and is remembered as done."""


@dataclass(frozen=True, slots=True)
class MakeFolder:
    """Make the folder `inner` in a volume that the running container `id` has mounted at `path`; an existing one stays.

    New folders belong to `group`. A symbolic link on the way is followed within the volume, and is an error when it
    leads out. `source` is the path of the node that the volume is, "" for one of the engine's own.
    """

    id: str
    path: str
    inner: str
    group: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class ClearMessage:
    """Put an empty file that anybody may write in the place of the termination message at `path`.

    `id` is the running sandbox of the pod.
    """

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class SignalContainer:
    """Send a signal to the first process of a running container; its end is not waited for."""

    id: str
    signal: str = "SIGTERM"


@dataclass(frozen=True, slots=True)
class RunHook:
    """Carry out a hook of a running container to its end: a command through the engine, a request from here.

    `timeout` is in seconds; None means as long as the container lives.
    """

    id: str
    call: HookQuestion
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class UnpauseContainer:
    """Let a paused container go on."""

    id: str


@dataclass(frozen=True, slots=True)
class UpdateContainer:
    """Change the limits of a container where it stands."""

    id: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class RenameContainer:
    """Give a container another name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RemoveContainer:
    """Remove a container, killing it when it still runs, with the anonymous volumes that its image asked for."""

    id: str


@dataclass(frozen=True, slots=True)
class RemoveVolume:
    """Remove a volume and what is in it."""

    name: str


Operation = (
    ImportSandboxImage
    | CreateNetwork
    | RemoveNetwork
    | ConnectNetwork
    | DisconnectNetwork
    | PullImage
    | RemoveImage
    | CreateContainer
    | StartContainer
    | WriteFiles
    | ShareFolder
    | ShareTree
    | CheckPath
    | MakeFolder
    | ClearMessage
    | SignalContainer
    | RunHook
    | UnpauseContainer
    | UpdateContainer
    | RenameContainer
    | RemoveContainer
    | RemoveVolume
)
