"""The files of volumes that are written for a pod: from ConfigMaps, Secrets and the pod itself.

Source of the rules: Kubernetes, "Volumes", configMap, secret, downwardAPI, projected: `items` choose keys and paths, a
key that is not there is an error unless the source is optional, and a later source of one path wins.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from gitpod_sync.model.base.paths import cleaned
from gitpod_sync.model.pods.config_volumes import (
    DEFAULT_MODE,
    DownwardFile,
    KeyToPath,
    ProjectedVolume,
)
from gitpod_sync.model.pods.host_path import HostPathType
from gitpod_sync.model.pods.pod import Container, PodSpec, Volume, VolumeMount
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.plan.config.downward_api import compute_field, compute_resource
from gitpod_sync.plan.config.references import PodReferences, UnresolvedError

_GROUP_READS = 0o440
_FOLDERS = {HostPathType.DIRECTORY, HostPathType.DIRECTORY_OR_CREATE}


def compute_volume_files(volume: Volume, facts: PodReferences) -> tuple[VolumeFile, ...]:
    """The files, sorted by path. Raises `UnresolvedError`."""
    files = {file.path: file for file in _files(volume, facts)}
    return tuple(files[path] for path in sorted(files))


def compute_mount_places(spec: PodSpec, volume: Volume, files: tuple[VolumeFile, ...]) -> tuple[str, ...]:
    """Folders at which containers mount other volumes within this one, below its root, sorted.

    Nothing can make them later: containers only read such a volume. As in Kubernetes a folder has its name before a
    file of the volume has it. But what may be a single file itself can be mounted over the file of its name, so there
    is no folder for it then.
    """
    volumes, names = {each.name: each for each in spec.volumes}, {PurePosixPath(file.path) for file in files}
    places = {
        place
        for container in spec.all_containers
        for place, mount in _places(container, volume)
        if place not in names or not _may_be_file(volumes[mount.name], mount)
    }
    return tuple(sorted(map(str, places)))


def _places(container: Container, volume: Volume) -> Iterator[tuple[PurePosixPath, VolumeMount]]:
    """Places within the volume, with what is mounted at each."""
    mounts = sorted(((_target(mount), mount) for mount in container.volume_mounts), key=lambda each: each[0])
    for root in (target for target, mount in mounts if mount.name == volume.name and not _is_part(mount)):
        outermost = None
        for target, mount in mounts:
            within = target != root and target.is_relative_to(root)
            if within and not (outermost and target.is_relative_to(outermost)):
                outermost = target
                yield target.relative_to(root), mount


def _target(mount: VolumeMount) -> PurePosixPath:
    return PurePosixPath(cleaned(mount.target))


def _is_part(mount: VolumeMount) -> bool:
    # A sub-path like `.` is all of the volume.
    return bool(mount.sub_path_expr or PurePosixPath(mount.sub_path).parts)


def _may_be_file(volume: Volume, mount: VolumeMount) -> bool:
    """Whether a single file may be mounted: a part of a volume, or a path of the node that need not be a folder."""
    return _is_part(mount) or (volume.host_path is not None and volume.host_path.type not in _FOLDERS)


def readable_by_group(files: tuple[VolumeFile, ...]) -> tuple[VolumeFile, ...]:
    """The same files, which the pod's fsGroup can read whatever their mode says (Kubernetes: fsGroup)."""
    return tuple(VolumeFile(file.path, file.content, file.mode | _GROUP_READS) for file in files)


def _files(volume: Volume, facts: PodReferences) -> Iterator[VolumeFile]:
    if volume.config_map:
        each = volume.config_map
        yield from _keys("ConfigMap", each.name, each.items, facts, mode=each.default_mode, optional=each.optional)
    elif volume.secret:
        own = volume.secret
        yield from _keys("Secret", own.secret_name, own.items, facts, mode=own.default_mode, optional=own.optional)
    elif volume.downward_api:
        yield from _told(volume.downward_api.items, facts, volume.downward_api.default_mode)
    elif volume.projected:
        yield from _projected(volume.projected, facts)


def _projected(volume: ProjectedVolume, facts: PodReferences) -> Iterator[VolumeFile]:
    for source in volume.sources:
        for kind, keys in (("ConfigMap", source.config_map), ("Secret", source.secret)):
            if keys:
                optional, mode = keys.optional, volume.default_mode
                yield from _keys(kind, keys.name, keys.items, facts, mode=mode, optional=optional)
        if source.downward_api:
            yield from _told(source.downward_api.items, facts, volume.default_mode)


def _keys(
    kind: str,
    name: str,
    items: tuple[KeyToPath, ...],
    facts: PodReferences,
    *,
    mode: int = DEFAULT_MODE,
    optional: bool,
) -> Iterator[VolumeFile]:
    config = facts.find_config(kind, name, optional=optional)
    if config is None:
        return
    values = config.files
    if not items:
        yield from (VolumeFile(key, value, mode) for key, value in values.items())
    for item in items:
        if item.key in values:
            yield VolumeFile(item.path, values[item.key], mode if item.mode is None else item.mode)
        elif not optional:
            raise UnresolvedError(f"{kind} {facts.identity.namespace}/{name} has no key `{item.key}`")


def _told(items: tuple[DownwardFile, ...], facts: PodReferences, mode: int) -> Iterator[VolumeFile]:
    for item in items:
        if item.field_ref:
            text = compute_field(item.field_ref, facts)
        elif item.resource_field_ref:
            text = compute_resource(item.resource_field_ref, None, facts)
        else:
            continue
        yield VolumeFile(item.path, text.encode(), mode if item.mode is None else item.mode)
