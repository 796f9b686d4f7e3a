"""A container's inspection in our words: the inverse of `payload`. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gitpod_sync.engines.docker.connecting.hosts import read_extra_hosts
from gitpod_sync.engines.docker.rights import read_rights
from gitpod_sync.engines.docker.volume_options import read_nfs_options, read_tmpfs_options
from gitpod_sync.model.base.paths import cleaned
from gitpod_sync.model.engine.container import (
    CPU_PERIOD,
    DEFAULT_CPU_SHARES,
    HOST_NETWORK,
    UNLIMITED_MEMORY,
    ContainerConfig,
    Limits,
    Mount,
    MountKind,
    PublishedPort,
    Resolver,
    Sharing,
    Terminal,
)
from gitpod_sync.model.engine.observed import ContainerStatus, ImageInfo, ObservedContainer
from gitpod_sync.model.pods.pod import Protocol

_NEVER = "0001-01-01"
_JOINED = "container:"
_PART_OF_VOLUME = re.compile(r"/.+/volumes/(?P<volume>[^/]+)/_data/(?P<inner>.+)")
"""A path of the node below a volume of the local driver: see `mountpoints`."""

_PROPAGATIONS = {"rslave", "rshared", "slave", "shared"}

_DEFAULT_HOSTNAME = 12
"""So many digits of its id make the host name of a container that was given none."""

_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
_NO_PORT_OF_OURS = -1


@dataclass(frozen=True, slots=True)
class Node:
    """Facts about the engine's node by which limits are read: the number of CPUs, and whether swap is limited."""

    cpus: int
    limits_swap: bool


def read_container(inspected: Mapping[str, Any], image: ImageInfo | None, node: Node) -> ObservedContainer:
    """The answer of `GET /containers/{id}/json`.

    Containers of others have what we never ask for. What cannot be read makes a config that is unlike any of ours, and
    keeps the labels: one container must not hide all the others.
    """
    state = inspected["State"]
    networks = inspected["NetworkSettings"]["Networks"] or {}
    return ObservedContainer(
        id=inspected["Id"],
        name=inspected["Name"].lstrip("/"),
        config=_read_config_or_labels(inspected, node),
        status=ContainerStatus(state["Status"]),
        image=image,
        created_at=read_time(inspected["Created"]) or 0.0,
        started_at=read_time(state["StartedAt"]),
        finished_at=read_time(state["FinishedAt"]),
        exit_code=state["ExitCode"],
        oom_killed=bool(state.get("OOMKilled")),
        stop_signal=inspected["Config"].get("StopSignal") or "SIGTERM",
        error=state.get("Error", ""),
        networks={name: endpoint.get("IPAddress", "") for name, endpoint in sorted(networks.items())},
    )


def read_node(info: Mapping[str, Any]) -> Node:
    """The answer of `GET /info`."""
    return Node(cpus=info.get("NCPU", 0), limits_swap=info.get("SwapLimit", False))


def read_image(inspected: Mapping[str, Any]) -> ImageInfo:
    """The answer of `GET /images/{name}/json`."""
    config = inspected.get("Config") or {}
    return ImageInfo(
        id=inspected["Id"],
        entrypoint=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        env=_read_env(config.get("Env")),
        # The engine cleans it in containers, whatever the image says.
        working_dir=cleaned(config.get("WorkingDir") or ""),
        user=config.get("User") or "",
        digests=tuple(sorted(inspected.get("RepoDigests") or ())),
    )


def read_time(text: str) -> float | None:
    """RFC 3339 to seconds since the epoch; None for the engine's "never"."""
    return None if not text or text.startswith(_NEVER) else datetime.fromisoformat(text).timestamp()


def _read_config_or_labels(inspected: Mapping[str, Any], node: Node) -> ContainerConfig:
    try:
        return _read_config(inspected, node)
    except _UNREADABLE:
        return ContainerConfig(image="", network="", labels=inspected["Config"].get("Labels") or {})


def _read_config(inspected: Mapping[str, Any], node: Node) -> ContainerConfig:
    config, host = inspected["Config"], inspected["HostConfig"]
    entrypoint, command = config.get("Entrypoint"), config.get("Cmd")
    return ContainerConfig(
        image=config["Image"],
        network=host["NetworkMode"],
        entrypoint=tuple(entrypoint) if entrypoint else None,
        command=tuple(command) if command else None,
        env=_read_env(config.get("Env")),
        working_dir=config.get("WorkingDir") or "",
        user=config.get("User") or "",
        stop_signal=config.get("StopSignal") or "",
        stop_timeout=config.get("StopTimeout"),
        terminal=Terminal(bool(config.get("OpenStdin")), bool(config.get("StdinOnce")), bool(config.get("Tty"))),
        hostname=_read_hostname(inspected),
        domain="" if _joins_network(host) else config.get("Domainname") or "",
        hosts=tuple(read_extra_hosts(host.get("ExtraHosts") or ())),
        resolver=Resolver(*(tuple(host.get(key) or ()) for key in ("Dns", "DnsSearch", "DnsOptions"))),
        pid=_read_sharing(host.get("PidMode")),
        ipc=_read_sharing(host.get("IpcMode")),
        uts=_read_sharing(host.get("UTSMode")),
        sysctls=host.get("Sysctls") or {},
        privileges=read_rights(host),
        labels=config.get("Labels") or {},
        mounts=tuple(sorted((*_read_mounts(host), *_read_binds(host)))),
        ports=tuple(sorted(_read_ports(host))),
        limits=_read_limits(host, node),
        gpus=_read_gpus(host),
        oom_score_adj=host.get("OomScoreAdj") or 0,
    )


def _read_hostname(inspected: Mapping[str, Any]) -> str:
    """The hostname that was asked for: neither the engine's from the id, nor that of a joined network namespace."""
    hostname: str = inspected["Config"].get("Hostname") or ""
    given_none = hostname == inspected["Id"][:_DEFAULT_HOSTNAME]
    return "" if _joins_network(inspected["HostConfig"]) or given_none else hostname


def _joins_network(host: Mapping[str, Any]) -> bool:
    """Whether host names came with a network: another container's, or the node's own."""
    mode: str = host["NetworkMode"]
    return mode == HOST_NETWORK or mode.startswith(_JOINED)


def _read_sharing(mode: str | None) -> Sharing:
    if mode == "shareable":
        return Sharing.SHAREABLE
    if mode == "host":
        return Sharing.NODE
    return Sharing.JOINED if mode and mode.startswith(_JOINED) else Sharing.PRIVATE


def _read_gpus(host: Mapping[str, Any]) -> int:
    return sum(each.get("Count") or 0 for each in host.get("DeviceRequests") or () if each.get("Driver") == "nvidia")


def _read_env(entries: list[str] | None) -> dict[str, str]:
    return {name: value for name, _, value in (entry.partition("=") for entry in entries or ())}


def _read_mounts(host: Mapping[str, Any]) -> list[Mount]:
    mounts = []
    for mount in host.get("Mounts") or ():
        options = mount.get("VolumeOptions") or {}
        driver = (options.get("DriverConfig") or {}).get("Options") or {}
        size, group = read_tmpfs_options(driver.get("o", ""))
        propagation = (mount.get("BindOptions") or {}).get("Propagation", "")
        mounts.append(
            Mount(
                target=mount["Target"],
                kind=MountKind(mount["Type"]) if mount["Type"] in set(MountKind) else MountKind.VOLUME,
                source=mount.get("Source", ""),
                read_only=mount.get("ReadOnly", False),
                in_memory=driver.get("type") == "tmpfs",
                size=size,
                group=group,
                nfs=read_nfs_options(driver),
                sub_path=(options or mount.get("ImageOptions") or {}).get("Subpath", ""),
                propagation=propagation if propagation in _PROPAGATIONS else "",
            )
        )
    return mounts


def _read_binds(host: Mapping[str, Any]) -> list[Mount]:
    mounts = []
    for bind in host.get("Binds") or ():
        source, target, *rest = bind.split(":")
        options = ",".join(rest).split(",")
        part = _PART_OF_VOLUME.fullmatch(source)
        if part:
            mounts.append(Mount(target, MountKind.VOLUME, part["volume"], "ro" in options, sub_path=part["inner"]))
            continue
        kind = MountKind.BIND if source.startswith("/") else MountKind.VOLUME
        propagation = next((each for each in options if each in _PROPAGATIONS), "")
        mounts.append(Mount(target, kind, source, read_only="ro" in options, propagation=propagation))
    return mounts


def _read_ports(host: Mapping[str, Any]) -> list[PublishedPort]:
    ports = []
    for key, bindings in (host.get("PortBindings") or {}).items():
        number, _, protocol = key.partition("/")
        ports += [
            PublishedPort(
                int(number), Protocol((protocol or "tcp").upper()), _read_host_port(each), each.get("HostIp", "")
            )
            for each in bindings or ()
        ]
    return ports


def _read_host_port(binding: Mapping[str, Any]) -> int:
    """The published port of the node; we never ask for a range."""
    port: str = binding.get("HostPort") or "0"
    return int(port) if port.isdecimal() else _NO_PORT_OF_OURS


def _read_limits(host: Mapping[str, Any], node: Node) -> Limits:
    memory, quota = host.get("Memory") or 0, host.get("CpuQuota") or 0
    memory = memory if 0 < memory < UNLIMITED_MEMORY else 0
    reservation, cpus = host.get("MemoryReservation") or 0, host.get("CpusetCpus") or ""
    nano = host.get("NanoCpus") or 0
    if nano and nano < node.cpus * 1_000_000_000:
        quota = nano * CPU_PERIOD // 1_000_000_000
    elif quota > 0:
        quota = quota * CPU_PERIOD // (host.get("CpuPeriod") or CPU_PERIOD)
    return Limits(
        memory=memory,
        cpu_quota=max(0, quota),
        cpu_shares=host.get("CpuShares") or DEFAULT_CPU_SHARES,
        restart=(host.get("RestartPolicy") or {}).get("Name") or "no",
        swap=_read_swap(host, memory) if node.limits_swap else 0,
        memory_reservation=reservation if reservation < (memory or UNLIMITED_MEMORY) else 0,
        pids=max(0, host.get("PidsLimit") or 0),
        cpus="" if cpus == every_cpu(node.cpus) else cpus,
    )


def _read_swap(host: Mapping[str, Any], memory: int) -> int:
    together = host.get("MemorySwap") or 0
    if not memory:
        return 0
    return -1 if together < 0 else max(0, together - memory)


def every_cpu(count: int) -> str:
    """The list that names all CPUs of a node."""
    return f"0-{count - 1}" if count > 1 else "0"
