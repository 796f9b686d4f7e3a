"""What is asked of an engine for one container, in no engine's own words.

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
    """One mount. A missing volume is made with `volume_labels`, a missing bind source as a folder unless `must_exist`.

    `propagation` is the kernel's word for a bind's (``rslave``, ``rshared``), "" for the private one. A volume
    `in_memory` holds at most `size` bytes (0: as much as the kernel lets it; settled once it is made), belongs to
    `group`, and everybody may write into it. `nfs` is the folder (``server:/path``) that a volume stands for,
    `sub_path` what of it is mounted, "" for all of it. With `copied` an empty volume gets what the image has at
    `target`, the mode of the folder included.
    """

    target: str
    kind: MountKind
    source: str
    read_only: bool = False
    in_memory: bool = False
    size: int = field(default=0, compare=False)
    group: int = 0
    sub_path: str = ""
    nfs: str = ""
    propagation: str = ""
    copied: bool = field(default=False, compare=False)
    must_exist: bool = field(default=False, compare=False)
    volume_labels: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, order=True)
class PublishedPort:
    """A port of the container's network namespace published on the node. An empty `host_ip` means every address."""

    container_port: int
    protocol: Protocol
    host_port: int
    host_ip: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What can be changed on a running container. 0 means no limit.

    `memory` is in bytes, `cpu_quota` in microseconds a `CPU_PERIOD`, `pids` a number of processes and threads.
    `restart` is the engine's own restart policy: always ``no``, because restarting is ours. The others are never asked
    for: `swap` is in bytes beyond `memory` (-1: no limit), `memory_reservation` in bytes, `cpus` a list of CPUs ("" for
    all).
    """

    memory: int = 0
    cpu_quota: int = 0
    cpu_shares: int = DEFAULT_CPU_SHARES
    restart: str = "no"
    swap: int = 0
    memory_reservation: int = 0
    pids: int = 0
    cpus: str = ""


class Sharing(StrEnum):
    """Whose PID, IPC or UTS namespace a container has.

    Its own, its own and open to others, that of the container whose network it joins, or the node's.
    """

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
    """Everything that is said when a container is created.

    `entrypoint` and `command` None mean the image's own, as do an empty `user` (``uid``, ``uid:gid`` or names) and
    `stop_signal`; an empty `entrypoint` means none. `working_dir` is cleaned. `network` is the name of a network,
    `HOST_NETWORK`, or ``container:<id or name>`` to share that container's network namespace (an engine reports the
    id). `hosts` are pairs of name and address for /etc/hosts. `gpus` is a number of NVIDIA's. `stop_timeout` is for how
    many seconds the engine itself waits after the stop signal, None means its own default; with `log` None the log is
    left to the engine. The log and the kernel's `oom_score_adj` follow from the node and from what is set there, so
    they are set and never compared.
    """

    image: str
    network: str
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    working_dir: str = ""
    user: str = ""
    stop_signal: str = ""
    stop_timeout: int | None = None
    terminal: Terminal = Terminal()
    hostname: str = ""
    domain: str = ""
    hosts: tuple[tuple[str, str], ...] = ()
    resolver: Resolver = Resolver()
    pid: Sharing = Sharing.PRIVATE
    ipc: Sharing = Sharing.PRIVATE
    uts: Sharing = Sharing.PRIVATE
    sysctls: Mapping[str, str] = field(default_factory=dict)
    privileges: Privileges = Privileges()
    labels: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    ports: tuple[PublishedPort, ...] = ()
    limits: Limits = Limits()
    gpus: int = 0
    oom_score_adj: int = 0
    log: LogRotation | None = None
