"""What the processes of a pod may do: securityContext of pods and containers.

Source of the meanings: Kubernetes, "Configure a Security Context for a Pod or Container". What a container says wins
over what its pod says; `plan.privileges` puts the two together.
"""

from dataclasses import dataclass
from enum import StrEnum


class ProfileType(StrEnum):
    """Where a profile of seccomp or AppArmor comes from: the engine's own, none, or one of the node's."""

    RUNTIME_DEFAULT = "RuntimeDefault"
    UNCONFINED = "Unconfined"
    LOCALHOST = "Localhost"


class ProcMount(StrEnum):
    """Whether the parts of /proc that tell of the node are hidden and read-only (Default), or not."""

    DEFAULT = "Default"
    UNMASKED = "Unmasked"


class GroupChangePolicy(StrEnum):
    """Whether the files of a claim are given to the fsGroup at every start, or only when its root is not."""

    ALWAYS = "Always"
    ON_ROOT_MISMATCH = "OnRootMismatch"


class GroupsPolicy(StrEnum):
    """Groups of the image's /etc/group count beside those of the pod: the engine knows no other way."""

    MERGE = "Merge"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Capabilities beside or without those the engine gives; in any case, with or without CAP_, or ALL."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeccompProfile:
    """Which system calls are filtered; a profile of the node's cannot be named through an engine's API."""

    type: ProfileType


@dataclass(frozen=True, slots=True)
class AppArmorProfile:
    """The AppArmor profile; `localhost_profile` is the name of one that is loaded on the node."""

    type: ProfileType
    localhost_profile: str = ""


@dataclass(frozen=True, slots=True)
class SELinuxOptions:
    """Parts of the SELinux label; empty ones are the engine's to choose."""

    user: str = ""
    role: str = ""
    type: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Sysctl:
    """A kernel parameter of the pod's own namespaces."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SecurityContext:
    """What one container says. None means that the pod decides, and where the pod is silent, image and engine."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    capabilities: Capabilities = Capabilities()
    privileged: bool = False
    read_only_root_filesystem: bool = False
    allow_privilege_escalation: bool = True
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    se_linux_options: SELinuxOptions | None = None
    proc_mount: ProcMount = ProcMount.DEFAULT


@dataclass(frozen=True, slots=True)
class PodSecurityContext:
    """What the pod says for all of its containers, and what they share."""

    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_non_root: bool = False
    supplemental_groups: tuple[int, ...] = ()
    supplemental_groups_policy: GroupsPolicy = GroupsPolicy.MERGE
    fs_group: int | None = None
    fs_group_change_policy: GroupChangePolicy = GroupChangePolicy.ALWAYS
    seccomp_profile: SeccompProfile | None = None
    app_armor_profile: AppArmorProfile | None = None
    se_linux_options: SELinuxOptions | None = None
    sysctls: tuple[Sysctl, ...] = ()
