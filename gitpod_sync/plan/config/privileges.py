"""The security contexts of a pod and of one of its containers, to what an engine is told.

Source of the rules: Kubernetes, "Configure a Security Context for a Pod or Container": what the container says wins.
"""

from gitpod_sync.model.engine.observed import ImageInfo
from gitpod_sync.model.pods.privileges import UNCONFINED, Privileges, normalized_capabilities
from gitpod_sync.model.pods.security import (
    AppArmorProfile,
    PodSecurityContext,
    ProcMount,
    ProfileType,
    SecurityContext,
    SELinuxOptions,
)

_ROOT = "0"


def compute_privileges(pod: PodSecurityContext, container: SecurityContext) -> Privileges:
    """The rights of a container's processes."""
    seccomp = container.seccomp_profile or pod.seccomp_profile
    return Privileges(
        groups=_groups(pod),
        added=normalized_capabilities(container.capabilities.add),
        dropped=normalized_capabilities(container.capabilities.drop),
        privileged=container.privileged,
        read_only_root=container.read_only_root_filesystem,
        no_new_privileges=not container.allow_privilege_escalation,
        seccomp=UNCONFINED if seccomp and seccomp.type is ProfileType.UNCONFINED else "",
        app_armor=_app_armor(container.app_armor_profile or pod.app_armor_profile),
        se_linux=_se_linux(container.se_linux_options or pod.se_linux_options),
        unmasked_proc=container.proc_mount is ProcMount.UNMASKED and not container.privileged,
    )


def _groups(pod: PodSecurityContext) -> tuple[int, ...]:
    """The group that owns the volumes is one of every process."""
    extra = () if pod.fs_group is None or pod.fs_group in pod.supplemental_groups else (pod.fs_group,)
    return (*pod.supplemental_groups, *extra)


def compute_user(pod: PodSecurityContext, container: SecurityContext, image: ImageInfo | None) -> str:
    """`uid`, `uid:gid`, or "" for what the image says. A group alone goes with the image's user."""
    user = run_as_user(pod, container)
    group = pod.run_as_group if container.run_as_group is None else container.run_as_group
    if group is None:
        return "" if user is None else str(user)
    return f"{image_user(image) if user is None else user}:{group}"


def run_as_user(pod: PodSecurityContext, container: SecurityContext) -> int | None:
    """The user that the manifest gives; None when it is the image's."""
    return pod.run_as_user if container.run_as_user is None else container.run_as_user


def image_user(image: ImageInfo | None) -> str:
    """The user's part of what the image says; an image that says nothing runs as root."""
    return (image.user.partition(":")[0] if image else "") or _ROOT


def _app_armor(profile: AppArmorProfile | None) -> str:
    if profile is None or profile.type is ProfileType.RUNTIME_DEFAULT:
        return ""
    return UNCONFINED if profile.type is ProfileType.UNCONFINED else profile.localhost_profile


def _se_linux(options: SELinuxOptions | None) -> tuple[tuple[str, str], ...]:
    if options is None:
        return ()
    parts = (("level", options.level), ("role", options.role), ("type", options.type), ("user", options.user))
    return tuple((part, value) for part, value in parts if value)
