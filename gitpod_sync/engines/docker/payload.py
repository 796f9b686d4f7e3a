"""The engine's configuration of a container, in the words of its API. Pure.

Source: Docker Engine API v1.41, `POST /containers/create`.
"""

from collections.abc import Mapping
from typing import Any, assert_never

from gitpod_sync.engines.docker.connecting.hosts import compute_extra_hosts
from gitpod_sync.engines.docker.rights import compute_rights
from gitpod_sync.engines.docker.volume_options import compute_nfs_options, compute_tmpfs_options
from gitpod_sync.model.engine.container import CPU_PERIOD, ContainerConfig, Limits, Mount, MountKind, Sharing

Payload = dict[str, Any]


def compute_create_payload(config: ContainerConfig, mountpoints: Mapping[str, str]) -> Payload:
    """The body of the create call. `mountpoints` are the places of volumes whose parts the engine cannot mount."""
    payload: Payload = {
        "Image": config.image,
        "Env": [f"{name}={value}" for name, value in config.env.items()],
        "Labels": dict(config.labels),
        "HostConfig": _host_config(config, mountpoints),
    }
    if config.entrypoint is not None:
        payload["Entrypoint"] = list(config.entrypoint) or [""]
    if config.command is not None:
        payload["Cmd"] = list(config.command)
    if config.working_dir:
        payload["WorkingDir"] = config.working_dir
    if config.user:
        payload["User"] = config.user
    if config.stop_signal:
        payload["StopSignal"] = config.stop_signal
    if config.stop_timeout is not None:
        payload["StopTimeout"] = config.stop_timeout
    if config.hostname:
        payload |= {"Hostname": config.hostname, "Domainname": config.domain}
    if config.terminal.stdin or config.terminal.tty:
        terminal = config.terminal
        payload |= {"OpenStdin": terminal.stdin, "StdinOnce": terminal.once, "Tty": terminal.tty}
    if config.ports:
        payload["ExposedPorts"] = {f"{port.container_port}/{port.protocol.lower()}": {} for port in config.ports}
    return payload


def _host_config(config: ContainerConfig, mountpoints: Mapping[str, str]) -> Payload:
    binds = [each for mount in config.mounts if (each := _bind(mount, mountpoints))]
    host: Payload = {
        "NetworkMode": config.network,
        "RestartPolicy": {"Name": config.limits.restart},
        "Mounts": [_mount(mount) for mount in config.mounts if not _bind(mount, mountpoints)],
        # The engine makes a missing source of a `Binds` entry, and refuses one in `Mounts`.
        "Binds": binds,
        "PidMode": _namespace(config.pid, config.network),
        "IpcMode": _namespace(config.ipc, config.network) or "private",
        **_limits(config.limits),
        **_names(config),
        **compute_rights(config.privileges),
    }
    if config.oom_score_adj:
        host["OomScoreAdj"] = config.oom_score_adj
    if config.uts is Sharing.NODE:
        host["UTSMode"] = "host"
    if config.log:
        # A number without a unit is one of bytes; `10m` would be ten million.
        options = {"max-size": str(config.log.size), "max-file": str(config.log.files)}
        host["LogConfig"] = {"Type": "json-file", "Config": options}
    if config.sysctls:
        host["Sysctls"] = dict(config.sysctls)
    if config.gpus:
        host["DeviceRequests"] = [{"Driver": "nvidia", "Count": config.gpus, "Capabilities": [["gpu"]]}]
    if config.ports:
        bindings: dict[str, list[dict[str, str]]] = {}
        for port in config.ports:
            key = f"{port.container_port}/{port.protocol.lower()}"
            bindings.setdefault(key, []).append({"HostIp": port.host_ip, "HostPort": str(port.host_port)})
        host["PortBindings"] = bindings
    return host


def _namespace(sharing: Sharing, network: str) -> str:
    match sharing:
        case Sharing.PRIVATE:
            return ""  # the engine's word for "its own" in PidMode
        case Sharing.SHAREABLE:
            return "shareable"
        case Sharing.JOINED:
            return network
        case Sharing.NODE:
            return "host"
        case _ as never:
            assert_never(never)


def _names(config: ContainerConfig) -> Payload:
    resolver = config.resolver
    found = {
        "ExtraHosts": compute_extra_hosts(config.hosts),
        "Dns": list(resolver.nameservers),
        "DnsSearch": list(resolver.searches),
        "DnsOptions": list(resolver.options),
    }
    return {name: lines for name, lines in found.items() if lines}


def _mount(mount: Mount) -> Payload:
    common = {"Source": mount.source, "Target": mount.target, "ReadOnly": mount.read_only}
    if mount.kind is MountKind.BIND:
        return {**common, "Type": "bind", "BindOptions": {"Propagation": mount.propagation or "rprivate"}}
    if mount.kind is MountKind.IMAGE:
        options = {"ImageOptions": {"Subpath": mount.sub_path}} if mount.sub_path else {}
        return {**common, **options, "Type": "image"}
    return {**common, "Type": "volume", "VolumeOptions": _volume_options(mount)}


def _volume_options(mount: Mount) -> Payload:
    options: Payload = {"Labels": dict(mount.volume_labels), "NoCopy": not mount.copied}
    if mount.sub_path:
        options["Subpath"] = mount.sub_path
    if mount.in_memory:
        tmpfs = {"type": "tmpfs", "device": "tmpfs", "o": compute_tmpfs_options(mount.size, mount.group)}
        options["DriverConfig"] = {"Name": "local", "Options": tmpfs}
    elif mount.nfs:
        server, _, path = mount.nfs.partition(":/")
        options["DriverConfig"] = {"Name": "local", "Options": compute_nfs_options(server, f"/{path}")}
    return options


def _bind(mount: Mount, mountpoints: Mapping[str, str]) -> str:
    """A bind in the older form for a mount of a path; "" for a volume as such, and for a path that must exist."""
    source = mount.source
    if mount.must_exist or mount.kind is MountKind.IMAGE:
        return ""
    if mount.kind is MountKind.VOLUME:
        if not mount.sub_path or mount.source not in mountpoints:
            return ""
        source = f"{mountpoints[mount.source]}/{mount.sub_path}"
    options = ["ro" if mount.read_only else "rw", *filter(None, [mount.propagation])]
    return f"{source}:{mount.target}:{','.join(options)}"


def _limits(limits: Limits) -> Payload:
    found: Payload = {
        "CpuShares": limits.cpu_shares,
        "MemoryReservation": limits.memory_reservation,
        "PidsLimit": limits.pids,
        "CpusetCpus": limits.cpus,
    }
    if limits.memory:
        found |= {"Memory": limits.memory, "MemorySwap": memory_with_swap(limits)}
    if limits.cpu_quota:
        found |= {"CpuPeriod": CPU_PERIOD, "CpuQuota": limits.cpu_quota}
    return found


def memory_with_swap(limits: Limits) -> int:
    """The engine counts both together; -1 is no limit."""
    return -1 if limits.swap < 0 else limits.memory + limits.swap
