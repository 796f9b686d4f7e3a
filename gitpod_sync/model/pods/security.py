"""Rights of the processes of a pod: securityContext of pods and containers.

Source of the meanings: Kubernetes, "Configure a Security Context for a Pod or Container". What a container says wins
over what its pod says; `plan.privileges` puts the two together.
"""

from dataclasses import dataclass
from enum import StrEnum


class ProfileType(StrEnum):
    """The origin of a seccomp or AppArmor profile: the engine's own, none, or one of the node's."""

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
    """The groups of a process: the image's /etc/group counts beside the pod's, since the engine knows no other way."""

    MERGE = "Merge"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Capabilities beside or without those the engine gives; in any case, with or without CAP_, or ALL."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeccompProfile:
    """The filter of system calls; a profile of the node's cannot be named through an engine's API."""

    type: ProfileType


@dataclass(frozen=True, slots=True)
class AppArmorProfile:
    """The AppArmor profile; `localhost_profile` is the name of a profile that is loaded on the node."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityContext:
    """The rights of one container (Kubernetes: SecurityContext). None: as the pod says, else as image or engine do."""

    run_as_user: int | None = None
    """Numeric user of the processes."""
    run_as_group: int | None = None
    """Numeric primary group of the processes."""
    run_as_non_root: bool | None = None
    """Whether the container is refused when its user would be root."""
    capabilities: Capabilities = Capabilities()
    """Beside those that the engine gives, or without some of them."""
    privileged: bool = False
    """As good as root on the node."""
    read_only_root_filesystem: bool = False
    """Whether only volumes can be written."""
    allow_privilege_escalation: bool = True
    """False: set-user-ID programs give no further rights."""
    seccomp_profile: SeccompProfile | None = None
    """The filter of system calls."""
    app_armor_profile: AppArmorProfile | None = None
    """The AppArmor profile of the processes."""
    se_linux_options: SELinuxOptions | None = None
    """The SELinux label of the processes."""
    proc_mount: ProcMount = ProcMount.DEFAULT
    """Whether parts of /proc are hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSecurityContext:
    """The rights that a pod gives to all of its containers, and what they share (Kubernetes: PodSecurityContext)."""

    run_as_user: int | None = None
    """Numeric user; None: the image's."""
    run_as_group: int | None = None
    """Numeric primary group; None: the image's."""
    run_as_non_root: bool = False
    """Whether a container is refused when its user would be root."""
    supplemental_groups: tuple[int, ...] = ()
    """Further numeric groups of every process."""
    supplemental_groups_policy: GroupsPolicy = GroupsPolicy.MERGE
    """Whether the image's own groups of the user count as well."""
    fs_group: int | None = None
    """Numeric group that owns the files of the pod's volumes; None: owners stay as they are."""
    fs_group_change_policy: GroupChangePolicy = GroupChangePolicy.ALWAYS
    """When the files of a claim are given to `fs_group`."""
    seccomp_profile: SeccompProfile | None = None
    """For containers without their own; None: the engine's."""
    app_armor_profile: AppArmorProfile | None = None
    """For containers without their own; None: the engine's."""
    se_linux_options: SELinuxOptions | None = None
    """For containers without their own; None: the engine's."""
    sysctls: tuple[Sysctl, ...] = ()
    """Kernel parameters of the namespaces that the containers share."""
