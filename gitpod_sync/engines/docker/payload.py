"""What is asked of the engine for a container, in the words of its API. Pure.

Source: Docker Engine API v1.41, `POST /containers/create`.
"""

from typing import Any

from gitpod_sync.model.container import CPU_PERIOD, ContainerConfig, Limits, Mount, MountKind

Payload = dict[str, Any]


def compute_create_payload(config: ContainerConfig) -> Payload:
    """The body of the create call."""
    payload: Payload = {
        "Image": config.image,
        "Env": [f"{name}={value}" for name, value in config.env.items()],
        "Labels": dict(config.labels),
        "HostConfig": _host_config(config),
    }
    if config.entrypoint is not None:
        payload["Entrypoint"] = list(config.entrypoint) or [""]
    if config.command is not None:
        payload["Cmd"] = list(config.command)
    if config.working_dir:
        payload["WorkingDir"] = config.working_dir
    if config.hostname:
        payload["Hostname"] = config.hostname
    if config.ports:
        payload["ExposedPorts"] = {f"{port.container_port}/{port.protocol.lower()}": {} for port in config.ports}
    return payload


def _host_config(config: ContainerConfig) -> Payload:
    host: Payload = {
        "NetworkMode": config.network,
        "RestartPolicy": {"Name": config.limits.restart},
        "Mounts": [_volume_mount(mount) for mount in config.mounts if mount.kind is MountKind.VOLUME],
        # The engine makes a missing source of a `Binds` entry, and refuses one in `Mounts`.
        "Binds": [_bind(mount) for mount in config.mounts if mount.kind is MountKind.BIND],
        **_limits(config.limits),
    }
    if config.ports:
        bindings: dict[str, list[dict[str, str]]] = {}
        for port in config.ports:
            key = f"{port.container_port}/{port.protocol.lower()}"
            bindings.setdefault(key, []).append({"HostIp": port.host_ip, "HostPort": str(port.host_port)})
        host["PortBindings"] = bindings
    if config.hardened:
        host |= {"CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "ReadonlyRootfs": True}
    return host


def _volume_mount(mount: Mount) -> Payload:
    options: Payload = {"Labels": dict(mount.volume_labels)}
    if mount.in_memory:
        options["DriverConfig"] = {"Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs"}}
    return {
        "Type": "volume",
        "Source": mount.source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
        "VolumeOptions": options,
    }


def _bind(mount: Mount) -> str:
    return f"{mount.source}:{mount.target}:{'ro' if mount.read_only else 'rw'}"


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
