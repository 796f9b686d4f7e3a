"""The configuration of one container, in no engine's own words.

The same type carries what we want (computed by plan/) and what is there (read by an engine from its inspection), so
that drift is a comparison of fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.pods.pod import Protocol
from gitpod_sync.model.pods.privileges import Privileges

CPU_PERIOD = 100_000
"""Length of a CFS period in microseconds, as the kubelet sets it."""

DEFAULT_CPU_SHARES = 1024
"""The weight of a container of which nothing was said."""

UNLIMITED_MEMORY = 2**62
"""From here on a limit in bytes is none: no machine has as much, and engines read it as no limit, too."""


HOST_NETWORK = "host"
"""The name under which engines give a container the node's own network."""

NO_NETWORK = "none"
"""The name under which engines give it none."""


class MountKind(StrEnum):
    """A volume of the engine, a path of the node, or the files of an image."""

    VOLUME = "volume"
    BIND = "bind"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, order=True)
class Mount:
    """One mount of a container. Fields that comparison leaves out cannot be read back from a container."""

    target: str
    """The absolute path in the container."""
    kind: MountKind
    """What `source` names."""
    source: str
    """Name of a volume, path on the node, or reference of an image."""
    read_only: bool = False
    """Whether the container may not write there."""
    in_memory: bool = False
    """A volume in memory (tmpfs), into which everybody may write."""
    size: int = field(default=0, compare=False)
    """Most bytes of a volume `in_memory`, fixed once it is made; 0: as much as the kernel lets it have."""
    group: int = 0
    """Numeric group that a volume `in_memory` belongs to; 0: root's."""
    sub_path: str = ""
    """The part of the volume or image that is mounted; "": all of it."""
    nfs: str = ""
    """The folder (``server:/path``) that the volume stands for; "": the volume is the engine's own."""
    propagation: str = ""
    """The kernel's word for a bind's propagation (``rslave``, ``rshared``); "": private."""
    copied: bool = field(default=False, compare=False)
    """Whether an empty volume first gets what the image has at `target`, the mode of the folder included."""
    must_exist: bool = field(default=False, compare=False)
    """Whether a missing bind source is an error; else a folder is made."""
    volume_labels: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """Labels with which a missing volume is made."""


@dataclass(frozen=True, slots=True, order=True)
class PublishedPort:
    """A port of the container's network namespace published on the node. An empty `host_ip` means every address."""

    container_port: int
    protocol: Protocol
    host_port: int
    host_ip: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that can be changed on a running container. Some are never asked for, and are read to be put right."""

    memory: int = 0
    """Most bytes; 0: no limit."""
    cpu_quota: int = 0
    """Microseconds of CPU in each `CPU_PERIOD`; 0: no limit."""
    cpu_shares: int = DEFAULT_CPU_SHARES
    """Weight against other containers when CPUs are short."""
    restart: str = "no"
    """The engine's own restart policy: always ``no``, because restarting is ours."""
    swap: int = 0
    """Never asked for: bytes of swap beyond `memory`; 0: none, -1: no limit."""
    memory_reservation: int = 0
    """Never asked for: bytes to which memory is pushed back when it is short; 0: none."""
    pids: int = 0
    """Most processes and threads; 0: no limit."""
    cpus: str = ""
    """Never asked for: the CPUs that may be used, as a list like ``0-2``; "": all."""


class Sharing(StrEnum):
    """Whose PID, IPC or UTS namespace a container has: its own (open or not), its sandbox's, or the node's."""

    PRIVATE = "private"
    SHAREABLE = "shareable"
    JOINED = "joined"
    NODE = "node"


@dataclass(frozen=True, slots=True)
class Resolver:
    """Lines of resolv.conf that replace those of the engine. `options` are written out, like ``ndots:2``."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terminal:
    """Whether standard input is open (`once`: until its first reader goes) and all three streams are a terminal."""

    stdin: bool = False
    once: bool = False
    tty: bool = False


@dataclass(frozen=True, slots=True)
class LogRotation:
    """How much of a container's log is kept: so many `files` of at most `size` bytes."""

    size: int
    files: int


@dataclass(frozen=True, slots=True)
class ContainerConfig:
    """The configuration that a container is created with. Log and `oom_score_adj` are set and never compared."""

    image: str
    """The reference as asked for, or an image's id."""
    network: str
    """Name of a network, `HOST_NETWORK`, or ``container:<id or name>`` to share its network (engines report the id)."""
    entrypoint: tuple[str, ...] | None = None
    """None: the image's; empty: none."""
    command: tuple[str, ...] | None = None
    """None: the image's."""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variables by name, beside those of the image. Not shown in a `repr`: values may be confidential."""
    working_dir: str = ""
    """The first process's folder, cleaned; "": the image's."""
    user: str = ""
    """``uid``, ``uid:gid`` or names; "": the image's."""
    stop_signal: str = ""
    """The signal that asks the first process to end; "": the image's."""
    stop_timeout: int | None = None
    """Seconds that the engine itself waits after the stop signal; None: its default."""
    terminal: Terminal = Terminal()
    """Standard input and terminal."""
    hostname: str = ""
    """Empty: the engine chooses. Not given to a container on a network that is not its own."""
    domain: str = ""
    """The domain of the hostname; "": none."""
    hosts: tuple[tuple[str, str], ...] = ()
    """Pairs of name and address for /etc/hosts."""
    resolver: Resolver = Resolver()
    """Servers, search domains and options for /etc/resolv.conf."""
    pid: Sharing = Sharing.PRIVATE
    """With whom processes are seen."""
    ipc: Sharing = Sharing.PRIVATE
    """With whom shared memory is shared."""
    uts: Sharing = Sharing.PRIVATE
    """With whom the hostname is shared."""
    sysctls: Mapping[str, str] = field(default_factory=dict)
    """Kernel parameters of its namespaces."""
    privileges: Privileges = Privileges()
    """Rights of its processes."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What we write on the container; see `model.base.labels`."""
    mounts: tuple[Mount, ...] = ()
    """Volumes, paths of the node and images, by their targets."""
    ports: tuple[PublishedPort, ...] = ()
    """Ports published on the node."""
    limits: Limits = Limits()
    """What may be changed later without a restart."""
    gpus: int = 0
    """A number of NVIDIA's GPUs."""
    oom_score_adj: int = 0
    """How soon the kernel ends it when memory is short, -1000 to 1000; follows from the node's memory."""
    log: LogRotation | None = None
    """Rotation of the log; None: the engine's own settings."""
