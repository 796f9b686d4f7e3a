"""Volumes where containers see them (Kubernetes: core/v1 validation, VolumeMount and VolumeDevice)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.texts import check_path
from gitpod_sync.manifests.checks.repeated import check_unique, repeated
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.paths import cleaned


def check_mounts(container: Mapping[str, Json], path: FieldPath, volumes: frozenset[str]) -> Iterator[Finding]:
    """Every mount is of a volume that the pod has, and at a place of its own."""
    mounts = container.get("volumeMounts", [])
    where = (*path, "volumeMounts")
    privileged = container.get("securityContext", {}).get("privileged", False)
    for index, mount in enumerate(mounts):
        yield from _check_defined(mount["name"], volumes, (*where, index, "name"))
        yield from _check_mount(mount, (*where, index), privileged=privileged)
    targets = (_target(mount) for mount in mounts)
    for index, first, target in repeated(targets):
        message = f"`{target}` is already a mount path at {render_path((*where, first))}"
        yield Finding("duplicate", (*where, index, "mountPath"), message, "give each its own")
    if "volumeDevices" in container:
        yield from _check_devices(container, path, volumes)


def _check_defined(name: str, volumes: frozenset[str], path: FieldPath) -> Iterator[Finding]:
    if name not in volumes:
        hint = f"it has {listed(volumes)}" if volumes else "define it under `volumes`"
        yield Finding("unknown-volume", path, f"the pod has no volume named `{name}`", hint)


def _check_mount(mount: Mapping[str, Json], path: FieldPath, *, privileged: bool) -> Iterator[Finding]:
    written, target = mount["mountPath"], _target(mount)
    if target == "/":
        message = "a volume cannot be mounted over the whole filesystem"
        yield Finding("wrong-mount-path", (*path, "mountPath"), message, "mount it at a folder")
    elif not written.startswith("/"):
        message = f"`{written}` is taken as `{target}`"
        yield Finding("wrong-mount-path", (*path, "mountPath"), message, "write it so", Severity.WARNING)
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield Finding(
            "wrong-combination", path, "`subPath` and `subPathExpr` exclude each other", "keep one of the two"
        )
    for field in ("mountPath", "subPath", "subPathExpr"):
        # What the variables of an expression hold is known when it is expanded.
        if mount.get(field):
            yield from check_path(mount[field], (*path, field), in_mount=True)
    if mount.get("recursiveReadOnly", "Disabled") != "Disabled" and not mount.get("readOnly", False):
        message = "`recursiveReadOnly` goes only with `readOnly: true`"
        yield Finding("wrong-combination", (*path, "recursiveReadOnly"), message, "add it", on_key=True)
    if mount.get("mountPropagation") == "Bidirectional" and not privileged:
        message = "only a privileged container can hand its mounts on to the node"
        yield Finding("wrong-combination", (*path, "mountPropagation"), message, "write HostToContainer")


def _target(mount: Mapping[str, Json]) -> str:
    """The path in the container: from the root, and as engines compare it."""
    return cleaned(f"/{mount['mountPath']}")


def _check_devices(container: Mapping[str, Json], path: FieldPath, volumes: frozenset[str]) -> Iterator[Finding]:
    devices = container["volumeDevices"]
    where = (*path, "volumeDevices")
    yield from check_unique(devices, where, "name", "a device")
    yield from check_unique(devices, where, "devicePath", "a device path")
    # Of two mounts with one name or path the first is told.
    mounted: dict[str, dict[str, int]] = {"name": {}, "devicePath": {}}
    for other, mount in enumerate(container.get("volumeMounts", [])):
        mounted["name"].setdefault(mount["name"], other)
        mounted["devicePath"].setdefault(mount["mountPath"], other)
    for index, device in enumerate(devices):
        yield from _check_defined(device["name"], volumes, (*where, index, "name"))
        for field, places in mounted.items():
            if device[field] in places:
                place = render_path((*path, "volumeMounts", places[device[field]]))
                message = f"`{device[field]}` is already mounted at {place}"
                yield Finding("duplicate", (*where, index, field), message, "keep one of the two")
