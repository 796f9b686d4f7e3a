"""Paths of the node that a pod mounts, and what they have to be.

Source of the rules and of the words: Kubernetes, "Volumes", hostPath, and the kubelet's check of its `type`.
"""

from dataclasses import dataclass
from enum import StrEnum


class HostPathType(StrEnum):
    """The kind of thing that a path has to be before it is mounted. ANY: no check; the rest are Kubernetes' words."""

    ANY = ""
    DIRECTORY_OR_CREATE = "DirectoryOrCreate"
    DIRECTORY = "Directory"
    FILE_OR_CREATE = "FileOrCreate"
    FILE = "File"
    SOCKET = "Socket"
    CHAR_DEVICE = "CharDevice"
    BLOCK_DEVICE = "BlockDevice"


class PathKind(StrEnum):
    """The kind of thing at a path, links followed; the values are the kubelet's names for it."""

    DIRECTORY = "directory"
    FILE = "file"
    SOCKET = "socket file"
    CHAR_DEVICE = "character device"
    BLOCK_DEVICE = "block device"
    OTHER = "other file"


@dataclass(frozen=True, slots=True)
class HostPath:
    """A path of the node. Without a type it is made as a directory when it is missing."""

    path: str
    type: HostPathType = HostPathType.ANY


_WANTED = {
    HostPathType.DIRECTORY_OR_CREATE: PathKind.DIRECTORY,
    HostPathType.DIRECTORY: PathKind.DIRECTORY,
    HostPathType.FILE_OR_CREATE: PathKind.FILE,
    HostPathType.FILE: PathKind.FILE,
    HostPathType.SOCKET: PathKind.SOCKET,
    HostPathType.CHAR_DEVICE: PathKind.CHAR_DEVICE,
    HostPathType.BLOCK_DEVICE: PathKind.BLOCK_DEVICE,
}

CREATED = {HostPathType.DIRECTORY_OR_CREATE, HostPathType.FILE_OR_CREATE}
"""The types of paths that are made when they are missing: folders with mode 0755, and empty files with 0644."""


def refuse_path(volume: HostPath, found: PathKind | None) -> str:
    """Why what was `found` (None: nothing) must not be mounted, "" when it may be.

    To the kubelet whatever is there and no directory is a file.
    """
    wanted = _WANTED.get(volume.type)
    if wanted is None or found is wanted:
        return ""
    if wanted is PathKind.FILE and found not in {None, PathKind.DIRECTORY}:
        return ""
    return f"hostPath type check failed: {volume.path} is not a {wanted}"
