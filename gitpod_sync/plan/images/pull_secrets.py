"""What a pod's `imagePullSecrets` come to for one image: the logins, and what is amiss with the Secrets."""

from dataclasses import dataclass

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.pods.configs import Secret
from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.pods.registry_login import Login, UnusableSecretError, check_pull_secret, find_logins

MISSING_PULL_SECRET = "FailedToRetrieveImagePullSecret"  # noqa: S105 - a reason
"""The kubelet's word. A pull goes on without the Secret, and may well succeed: the reason delays nothing."""


@dataclass(frozen=True, slots=True)
class PullLogins:
    """`logins` in the order in which they are tried; `amiss` says of each Secret that gives none what is the matter."""

    logins: tuple[Login, ...] = ()
    amiss: tuple[str, ...] = ()


def resolve_pull_logins(spec: PodSpec, namespace: str, image: str, desired: Desired) -> PullLogins:
    """The logins that a pod of `namespace` has for an image."""
    usable, amiss = [], []
    for reference in spec.image_pull_secrets:
        key = Key("Secret", namespace, reference.name)
        secret = desired.configs.get(key)
        if not isinstance(secret, Secret):
            amiss.append(f"{key} is not in the repository")
            continue
        try:
            check_pull_secret(secret)
            usable.append(secret)
        except UnusableSecretError as error:
            amiss.append(str(error))
    return PullLogins(find_logins(image, usable), tuple(amiss))
