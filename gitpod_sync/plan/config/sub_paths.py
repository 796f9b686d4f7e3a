"""Parts of volumes that containers mount: `subPath`, and `subPathExpr` with variables of the container.

Source of the rules: Kubernetes, "Volumes", using subPath: it stays below the volume, and is made as a folder when it is
not there. Files that are written for the pod are reached through the link that shows their state; a container keeps
the state it began with.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from gitpod_sync.model.base.paths import reason_against
from gitpod_sync.model.pods.pod import Volume, VolumeMount
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.plan.config.references import UnresolvedError
from gitpod_sync.plan.config.variable_expansion import expand, unknown_references

WRITTEN = "..data"
"""The link through which the files of a volume that is written for a pod are seen."""


def compute_sub_path(volume: Volume, mount: VolumeMount, variables: Mapping[str, str]) -> str:
    """What of the volume is mounted, below its root; "" for all of it."""
    written = expand(mount.sub_path_expr, variables) if mount.sub_path_expr else mount.sub_path
    inner = str(PurePosixPath(written)) if written else ""
    if inner in {"", "."}:
        return ""
    return f"{WRITTEN}/{inner}" if volume.is_written else inner


def check_sub_path(mount: VolumeMount, variables: Mapping[str, str]) -> None:
    """Raises `UnresolvedError` for an expression without all of its variables, and for a path that cannot be there."""
    if any(unknown_references(mount.sub_path_expr, variables)):
        raise UnresolvedError(f"subPathExpr `{mount.sub_path_expr}` names a variable that the container does not have")
    written = expand(mount.sub_path_expr, variables)
    reason = reason_against(written, in_mount=True)
    if reason:
        # Not repeated: a variable may be a secret.
        raise UnresolvedError(f"subPathExpr `{mount.sub_path_expr}` gives a path that no file can have: {reason}")
    path = PurePosixPath(written)
    if path.is_absolute() or ".." in path.parts:
        raise UnresolvedError(f"subPathExpr `{mount.sub_path_expr}` leaves the volume {mount.name}")


def check_written(volume: Volume, inner: str, files: Iterable[VolumeFile]) -> None:
    """Raises `UnresolvedError` when no file that is written for the pod is at the sub-path or below it."""
    wanted = PurePosixPath(inner).relative_to(WRITTEN)
    if not any(PurePosixPath(file.path).is_relative_to(wanted) for file in files):
        raise UnresolvedError(f"the volume {volume.name} has no file `{wanted}`", "FailedMount")
