"""A pod's parts must agree with each other (Kubernetes: Pod validation)."""

from collections.abc import Iterator
from ipaddress import ip_address

from gitpod_sync.manifests.checks.repeated import repeated
from gitpod_sync.manifests.checks.resources import check_resources
from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath
from gitpod_sync.manifests.findings import Finding, render_path
from gitpod_sync.model.pod import Container, PodSpec, Volume


def check_pod_spec(spec: PodSpec, path: FieldPath) -> Iterator[Finding]:
    """Findings on the pod spec that stands at `path`."""
    containers = (*path, "containers")
    for index, first, name in repeated(container.name for container in spec.containers):
        place = render_path((*containers, first))
        yield _duplicate((*containers, index, "name"), f"a container named `{name}` is already at {place}")
    yield from _check_volumes(spec, (*path, "volumes"))
    defined = {volume.name for volume in spec.volumes}
    for index, container in enumerate(spec.containers):
        yield from _check_container(container, defined, (*containers, index))


def _check_volumes(spec: PodSpec, path: FieldPath) -> Iterator[Finding]:
    for index, first, name in repeated(volume.name for volume in spec.volumes):
        place = render_path((*path, first))
        yield _duplicate((*path, index, "name"), f"a volume named `{name}` is already at {place}")
    for index, volume in enumerate(spec.volumes):
        if _sources(volume) > 1:
            message = f"the volume `{volume.name}` has two sources, emptyDir and hostPath"
            yield Finding("two-sources", (*path, index), message, "keep one of them")


def _sources(volume: Volume) -> int:
    return sum(source is not None for source in (volume.empty_dir, volume.host_path))


def _check_container(container: Container, volumes: set[str], path: FieldPath) -> Iterator[Finding]:
    yield from check_resources(container.resources, (*path, "resources"))
    yield from _check_mounts(container, volumes, (*path, "volumeMounts"))
    yield from _check_ports(container, (*path, "ports"))
    for index, first, name in repeated(variable.name for variable in container.env):
        place = render_path((*path, "env", first))
        message = f"the variable `{name}` is already set at {place}; the last one counts"
        yield Finding("duplicate", (*path, "env", index, "name"), message, "keep one of the two", Severity.WARNING)


def _check_mounts(container: Container, volumes: set[str], path: FieldPath) -> Iterator[Finding]:
    for index, mount in enumerate(container.volume_mounts):
        if mount.name not in volumes:
            message = f"the pod has no volume named `{mount.name}`"
            hint = f"it has {_listed(volumes)}" if volumes else "define it under `volumes`"
            yield Finding("unknown-volume", (*path, index, "name"), message, hint)
        if not mount.mount_path.strip("/"):
            message = "a volume cannot be mounted over the whole filesystem"
            yield Finding("wrong-mount-path", (*path, index, "mountPath"), message, "mount it at a folder")
    targets = (mount.mount_path.rstrip("/") for mount in container.volume_mounts)
    for index, first, target in repeated(targets):
        place = render_path((*path, first))
        yield _duplicate((*path, index, "mountPath"), f"`{target}` is already a mount path at {place}")


def _check_ports(container: Container, path: FieldPath) -> Iterator[Finding]:
    names = [port.name or index for index, port in enumerate(container.ports)]
    for index, first, name in repeated(names):
        place = render_path((*path, first))
        yield _duplicate((*path, index, "name"), f"a port named `{name}` is already at {place}")
    numbers = [(port.container_port, port.protocol, port.host_port, port.host_ip) for port in container.ports]
    for index, first, (number, protocol, _, _) in repeated(numbers):
        message = f"{protocol} port {number} is already at {render_path((*path, first))}"
        where = (*path, index, "containerPort")
        yield Finding("duplicate", where, message, "keep one of the two", Severity.WARNING)
    for index, port in enumerate(container.ports):
        if port.host_ip and not _is_address(port.host_ip):
            message = f"`{port.host_ip}` is no IP address"
            yield Finding("wrong-format", (*path, index, "hostIP"), message, "write it like 127.0.0.1")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _duplicate(path: FieldPath, message: str) -> Finding:
    return Finding("duplicate", path, message, "give each its own")


def _listed(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
