"""What is asked of an engine for one container, in no engine's own words.

The same type carries what we want (computed by plan/) and what is there (read by an engine from its inspection), so
that drift is a comparison of fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.pod import Protocol

CPU_PERIOD = 100_000
"""Length of a CFS period in microseconds, as the kubelet sets it."""

DEFAULT_CPU_SHARES = 1024
"""The weight of a container of which nothing was said."""

UNLIMITED_MEMORY = 2**62
"""From here on a limit in bytes is none: no machine has as much, and engines read it as no limit, too."""


class MountKind(StrEnum):
    """A volume of the engine, or a path of the node."""

    VOLUME = "volume"
    BIND = "bind"


@dataclass(frozen=True, slots=True, order=True)
class Mount:
    """One mount. A missing bind source is made as a directory; a missing volume is made with `volume_labels`."""

    target: str
    kind: MountKind
    source: str
    read_only: bool = False
    in_memory: bool = False
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

    `memory` is in bytes, `cpu_quota` in microseconds a `CPU_PERIOD`. `restart` is the engine's own restart policy:
    always ``no``, because restarting is ours. The others are never asked for: `swap` is in bytes beyond `memory` (-1:
    no limit), `memory_reservation` in bytes, `pids` a number of processes, `cpus` a list of CPUs ("" for all).
    """

    memory: int = 0
    cpu_quota: int = 0
    cpu_shares: int = DEFAULT_CPU_SHARES
    restart: str = "no"
    swap: int = 0
    memory_reservation: int = 0
    pids: int = 0
    cpus: str = ""


@dataclass(frozen=True, slots=True)
class ContainerConfig:
    """Everything that is said when a container is created.

    `entrypoint` and `command` None mean the image's own, an empty `entrypoint` means none. `working_dir` is cleaned.
    `network` is the name of a network, or ``container:<id or name>`` to share that container's network namespace (an
    engine reports the id). `hardened` takes away every capability, new privileges and a writable root.
    """

    image: str
    network: str
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    working_dir: str = ""
    hostname: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    ports: tuple[PublishedPort, ...] = ()
    limits: Limits = Limits()
    hardened: bool = False
