"""What Git asks for, as it is in force: with what templates that ask for it take from registries and configs."""

from collections.abc import Mapping
from dataclasses import replace

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.records.image_digest import ImageDigest
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.plan.doors import Door, Doors, of_object
from gitpod_sync.plan.images.image_digests import with_image_digests
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.workloads.config_digests import with_config_digests


def compute_desired_in_force(desired: Desired, image_digests: Mapping[str, ImageDigest], key: DigestKey) -> Desired:
    """Git's desired state with the digests of moved tags and of configs where templates follow them.

    Every plan begins with it, that of a dry run like that of a pass. The replicas that autoscalers have chosen and the
    versions that people have gone back to follow from the pods as well: `autoscale` and the controllers see to those.
    """
    return with_config_digests(with_image_digests(desired, image_digests), key)


def resolve_desired(situation: Situation, doors: Doors) -> tuple[Desired, frozenset[Key]]:
    """What is in force now, and the workloads of which that cannot be told: they are as Git has written them."""
    written, images, key = situation.desired, situation.remembered.image_digests, situation.digest_key
    try:
        return compute_desired_in_force(written, images, key), frozenset()
    except Exception:  # noqa: BLE001 # whose error it is shows when they are looked at one by one
        resolved: dict[Key, Workload] = {}
        for each in doors.each(Door.RESOLVE, written.workloads, of_object):
            alone = replace(written, workloads={each: written.workloads[each]})
            resolved |= compute_desired_in_force(alone, images, key).workloads
        desired = replace(written, workloads={**written.workloads, **resolved})
        return desired, frozenset(written.workloads.keys() - resolved.keys())
