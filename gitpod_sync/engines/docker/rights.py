"""Rights of a container in the words of the engine's API, and back. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitpod_sync.model.pods.privileges import Privileges, normalized_capabilities

_NO_NEW_PRIVILEGES = "no-new-privileges"
_DISABLED = "disable"


def compute_rights(privileges: Privileges) -> dict[str, Any]:
    """The part of a create call's HostConfig; nothing for what is left to the engine."""
    found: dict[str, Any] = {
        "GroupAdd": [str(group) for group in privileges.groups],
        "CapAdd": list(privileges.added),
        "CapDrop": list(privileges.dropped),
        "Privileged": privileges.privileged,
        "ReadonlyRootfs": privileges.read_only_root,
        "SecurityOpt": list(_security_options(privileges)),
    }
    found = {name: value for name, value in found.items() if value}
    if privileges.unmasked_proc:
        # An empty list means none; a missing one the engine's own.
        found |= {"MaskedPaths": [], "ReadonlyPaths": []}
    return found


def read_rights(host: Mapping[str, Any]) -> Privileges:
    """The rights in an inspection's HostConfig."""
    options = [_split(each) for each in host.get("SecurityOpt") or ()]
    named = dict(options)
    privileged = bool(host.get("Privileged"))
    return Privileges(
        groups=tuple(int(group) for group in host.get("GroupAdd") or () if group.isdigit()),
        added=normalized_capabilities(tuple(host.get("CapAdd") or ())),
        dropped=normalized_capabilities(tuple(host.get("CapDrop") or ())),
        privileged=privileged,
        read_only_root=bool(host.get("ReadonlyRootfs")),
        no_new_privileges=named.get(_NO_NEW_PRIVILEGES, "false") in {"", "true"},
        seccomp=named.get("seccomp", ""),
        app_armor=named.get("apparmor", ""),
        se_linux=tuple(sorted(_se_linux(value for name, value in options if name == "label"))),
        unmasked_proc=not privileged and host.get("MaskedPaths") == [] and host.get("ReadonlyPaths") == [],
    )


def _security_options(privileges: Privileges) -> Iterable[str]:
    if privileges.no_new_privileges:
        yield _NO_NEW_PRIVILEGES
    if privileges.seccomp:
        yield f"seccomp={privileges.seccomp}"
    if privileges.app_armor:
        yield f"apparmor={privileges.app_armor}"
    for part, value in privileges.se_linux:
        yield f"label={part}:{value}"


def _se_linux(labels: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The engine itself disables labels where the node's namespaces are shared."""
    for label in labels:
        part, _, value = label.partition(":")
        if part != _DISABLED:
            yield part, value


def _split(option: str) -> tuple[str, str]:
    """`seccomp=unconfined`, or with a colon as old versions wrote it."""
    name, mark, value = option.partition("=")
    if not mark:
        name, _, value = option.partition(":")
    return name, value
