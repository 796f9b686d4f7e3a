"""Why a container must not be created as it is written: it would be root, or the node cannot do what it asks for.

What cannot be honoured is said at the pod, never left out.
"""

from collections.abc import Iterator

from gitpod_sync.model.engine.features import EngineFeatures, Feature
from gitpod_sync.model.engine.observed import ImageInfo
from gitpod_sync.model.pods.pod import Container, PodSpec, RecursiveReadOnly
from gitpod_sync.model.pods.security import PodSecurityContext, ProfileType, SecurityContext
from gitpod_sync.plan.config.privileges import image_user, run_as_user


def compute_refusal(spec: PodSpec, container: Container, image: ImageInfo | None, engine: EngineFeatures) -> str:
    """The first reason, "" when there is none. `image` is the one that the container would be made from."""
    pod, own = spec.security_context, container.security_context
    reasons = (
        *_refuse_root(pod, own, image),
        *_refuse_modules(pod, own, engine),
        *_refuse_mounts(container, engine),
        *_refuse_images(spec, engine),
    )
    return reasons[0] if reasons else ""


def _refuse_root(pod: PodSecurityContext, container: SecurityContext, image: ImageInfo | None) -> Iterator[str]:
    """Kubernetes: "Configure a Security Context", runAsNonRoot: checked when the container is started."""
    non_root = pod.run_as_non_root if container.run_as_non_root is None else container.run_as_non_root
    user, from_image = run_as_user(pod, container), image_user(image)
    if not non_root or user:
        return
    if user == 0:
        yield "runAsNonRoot is true and runAsUser is 0; give the number of another user"
    elif not from_image.isdecimal():
        yield (
            f"runAsNonRoot is true and the image's user is {from_image}, which may be root under another name; "
            "give the number of a user as runAsUser"
        )
    elif int(from_image) == 0:
        yield "runAsNonRoot is true and the image runs as root; give the number of a user as runAsUser"


def _refuse_modules(pod: PodSecurityContext, container: SecurityContext, engine: EngineFeatures) -> Iterator[str]:
    profile = container.app_armor_profile or pod.app_armor_profile
    if profile and profile.type is not ProfileType.UNCONFINED and not engine.app_armor:
        yield f"appArmorProfile is {profile.type} and the engine has no AppArmor; take it out, or turn AppArmor on"
    if (container.se_linux_options or pod.se_linux_options) and not engine.se_linux:
        yield "seLinuxOptions are given and the engine does not use SELinux; take them out, or turn SELinux on"


def _refuse_images(spec: PodSpec, engine: EngineFeatures) -> Iterator[str]:
    needed = engine.lacks.get(Feature.IMAGE_VOLUMES)
    for volume in spec.volumes:
        if volume.image and needed:
            yield (
                f"volume {volume.name} is an image, which needs {needed}; "
                "update the engine, or copy the files into an emptyDir volume with an init container"
            )


def _refuse_mounts(container: Container, engine: EngineFeatures) -> Iterator[str]:
    needed = engine.lacks.get(Feature.RECURSIVE_READ_ONLY)
    for mount in container.volume_mounts:
        if mount.recursive_read_only is RecursiveReadOnly.ENABLED and needed:
            yield (
                f"recursiveReadOnly of volume {mount.name} is Enabled, which needs {needed}; "
                "write IfPossible, or update the engine"
            )
