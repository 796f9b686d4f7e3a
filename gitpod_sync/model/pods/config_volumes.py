"""Volumes whose files are written for the pod: from ConfigMaps, from Secrets, and from what the pod is.

Source of the meanings: Kubernetes, ConfigMapVolumeSource, SecretVolumeSource, DownwardAPIVolumeSource and
ProjectedVolumeSource.
"""

from dataclasses import dataclass, field

from gitpod_sync.model.pods.env import FieldRef, ResourceFieldRef

DEFAULT_MODE = 0o644


@dataclass(frozen=True, slots=True)
class KeyToPath:
    """A key that becomes the file at `path` below the volume; `mode` None means the volume's default."""

    key: str
    path: str
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class ConfigMapVolume:
    """A file for every key of a ConfigMap, or for those in `items` alone."""

    name: str
    items: tuple[KeyToPath, ...] = ()
    default_mode: int = DEFAULT_MODE
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SecretVolume:
    """A file for every key of a Secret, or for those in `items` alone; in memory only."""

    secret_name: str
    items: tuple[KeyToPath, ...] = ()
    default_mode: int = DEFAULT_MODE
    optional: bool = False


@dataclass(frozen=True, slots=True)
class DownwardFile:
    """A file with a field of the pod, or with a limit or request of one of its containers; exactly one is set."""

    path: str
    field_ref: FieldRef | None = None
    resource_field_ref: ResourceFieldRef | None = None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class DownwardVolume:
    """Files that tell the pod about itself."""

    items: tuple[DownwardFile, ...] = ()
    default_mode: int = DEFAULT_MODE


@dataclass(frozen=True, slots=True)
class KeysProjection:
    """Keys of a ConfigMap or of a Secret as files of a volume with several sources."""

    name: str
    items: tuple[KeyToPath, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class DownwardProjection:
    """Files that tell the pod about itself, in a volume with several sources."""

    items: tuple[DownwardFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Projection:
    """One source of several; exactly one is set."""

    config_map: KeysProjection | None = None
    secret: KeysProjection | None = None
    downward_api: DownwardProjection | None = field(default=None, metadata={"json": "downwardAPI"})


@dataclass(frozen=True, slots=True)
class ProjectedVolume:
    """Several sources in one folder; where two give the same path, the later one counts."""

    sources: tuple[Projection, ...] = ()
    default_mode: int = DEFAULT_MODE

    @property
    def has_secret(self) -> bool:
        """Whether a Secret is among the sources."""
        return any(source.secret for source in self.sources)
