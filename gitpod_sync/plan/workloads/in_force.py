"""What Git asks for, as it is in force: with what templates that ask for it take from registries and configs."""

from collections.abc import Mapping

from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.records.image_digest import ImageDigest
from gitpod_sync.plan.images.image_digests import with_image_digests
from gitpod_sync.plan.workloads.config_digests import with_config_digests


def compute_desired_in_force(desired: Desired, image_digests: Mapping[str, ImageDigest], key: DigestKey) -> Desired:
    """Git's desired state with the digests of moved tags and of configs where templates follow them.

    Every plan begins with it, that of a dry run like that of a pass. The replicas that autoscalers have chosen and the
    versions that people have gone back to follow from the pods as well: `autoscale` and the controllers see to those.
    """
    return with_config_digests(with_image_digests(desired, image_digests), key)
