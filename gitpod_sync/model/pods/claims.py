"""Claims of storage, and the volumes that come from elsewhere than the pod itself.

Source of the meanings: Kubernetes, "Persistent Volumes", "Ephemeral Volumes" and NFSVolumeSource. A claim is a named
volume of the engine: it outlives the pods that mount it.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.base.meta import Key, ObjectMeta


class AccessMode(StrEnum):
    """The users of a claim: one pod, or every pod of the node; a pod itself says whether it writes."""

    READ_WRITE_ONCE = "ReadWriteOnce"
    READ_ONLY_MANY = "ReadOnlyMany"
    READ_WRITE_MANY = "ReadWriteMany"
    READ_WRITE_ONCE_POD = "ReadWriteOncePod"


class VolumeMode(StrEnum):
    """The form of a claim: engines have folders only."""

    FILESYSTEM = "Filesystem"


@dataclass(frozen=True, slots=True)
class ClaimSpec:
    """The request of a claim."""

    access_modes: tuple[AccessMode, ...] = ()
    volume_mode: VolumeMode = VolumeMode.FILESYSTEM


@dataclass(frozen=True, slots=True)
class PersistentVolumeClaim:
    """A volume that outlives pods, and is removed only where an annotation says so."""

    metadata: ObjectMeta
    spec: ClaimSpec = ClaimSpec()

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return claim_key(self.metadata.namespace, self.metadata.name)


@dataclass(frozen=True, slots=True)
class ClaimVolume:
    """The volume of a claim of the pod's namespace."""

    claim_name: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class ClaimTemplate:
    """A claim that is made for one pod."""

    spec: ClaimSpec = ClaimSpec()


@dataclass(frozen=True, slots=True)
class EphemeralVolume:
    """A claim that dies with the pod."""

    volume_claim_template: ClaimTemplate = field(default_factory=ClaimTemplate)


@dataclass(frozen=True, slots=True)
class NfsVolume:
    """A folder of a file server, which the engine's node mounts."""

    server: str
    path: str
    read_only: bool = False


def claim_key(namespace: str, name: str) -> Key:
    """Identity of a claim."""
    return Key("PersistentVolumeClaim", namespace, name)
