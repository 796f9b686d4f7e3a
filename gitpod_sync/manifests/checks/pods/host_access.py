"""Access of a pod to the node: whoever can change such a pod, or breaks into it, is root there (docs/security.md)."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Part
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.paths import cleaned

_NAMESPACES = ("hostPID", "hostIPC", "hostNetwork")
_SOCKETS = ("docker.sock", "containerd.sock")
_FOLDERS = frozenset({"/", "/etc", "/root", "/run", "/var", "/var/run", "/var/lib", "/var/lib/docker"})


def check_host_access(
    spec: Mapping[str, Json], parts: Sequence[Part], path: FieldPath, state_dir: str
) -> Iterator[Finding]:
    """One warning for each pod, at the first of its reasons."""
    reasons = list(_reasons(spec, parts, state_dir))
    if reasons:
        message = f"the pod can take over the node: {', '.join(reason for reason, _ in reasons)}"
        hint = "take out what it can do without; who can push it is root on the node"
        yield Finding("host-access", (*path, *reasons[0][1]), message, hint, Severity.WARNING)


def _reasons(spec: Mapping[str, Json], parts: Sequence[Part], state_dir: str) -> Iterator[tuple[str, FieldPath]]:
    for index, volume in enumerate(spec.get("volumes", ())):
        if "hostPath" in volume and _is_telling(cleaned(volume["hostPath"]["path"]), state_dir):
            yield f"it mounts `{volume['hostPath']['path']}`", ("volumes", index, "hostPath", "path")
    for part in parts:
        if part.container.get("securityContext", {}).get("privileged"):
            yield f"`{part.container['name']}` is privileged", (*part.path, "securityContext", "privileged")
    for name in _NAMESPACES:
        if spec.get(name):
            yield f"`{name}` is set", (name,)


def _is_telling(path: str, state_dir: str) -> bool:
    return (
        path in _FOLDERS
        or path.endswith(_SOCKETS)
        or f"{path}/".startswith(f"{state_dir}/")
        or f"{state_dir}/".startswith(f"{path}/")
    )
