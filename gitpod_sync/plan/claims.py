"""Claims: whether those of a pod are there, and volumes of claims that Git does not name any more.

A volume of a claim is made when the first pod mounts it. It is kept when the claim goes, unless the claim said
otherwise when its volume was made.
"""

from dataclasses import replace

from gitpod_sync.model import labels
from gitpod_sync.model.claims import AccessMode, PersistentVolumeClaim, claim_key
from gitpod_sync.model.container import ContainerConfig, Mount
from gitpod_sync.model.observed import ObservedVolume
from gitpod_sync.model.pods import Gathered, PodIdentity
from gitpod_sync.plan.operations import RemoveVolume
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft


def has_claims(draft: Draft, identity: PodIdentity, situation: Situation) -> bool:
    """Whether every claim that the pod names is in Git and free for it; notes the first that is not."""
    for volume in identity.template.spec.volumes:
        claim = volume.persistent_volume_claim
        if claim is None:
            continue
        lack = _lack(draft, identity, claim.claim_name, situation)
        if lack:
            draft.wait(str(identity), f"pod {identity}", "Unschedulable", lack)
            return False
    return True


def with_claim_labels(config: ContainerConfig, situation: Situation) -> ContainerConfig:
    """The same, with a label for the new volume of each claim that says it goes with the claim."""
    return replace(config, mounts=tuple(_with_claim_label(mount, situation) for mount in config.mounts))


def plan_claims(draft: Draft, gathered: Gathered, situation: Situation) -> None:
    """Remove the volumes of claims that asked for it and are not in Git any more, once nothing mounts them."""
    mounted = {mount.source for each in situation.observed.containers for mount in each.config.mounts}
    for volume in gathered.claims:
        key = claim_key(volume.labels.get(labels.NAMESPACE, ""), volume.labels[labels.CLAIM])
        ours = volume.name == situation.instance.claim_volume_name(key.namespace, key.name)
        if not ours or key in situation.desired.configs or volume.name in mounted or not _goes_with_claim(volume):
            continue
        subject = f"volume {volume.name}"
        draft.going.add(volume.name)
        if not draft.held_back(volume.name, "", subject, "FailedSync") and not draft.is_busy(volume.name):
            cause = f"Git does not ask for {key} any more, and it said that its volume goes with it"
            draft.add(volume.name, subject, RemoveVolume(volume.name), cause)


def _lack(draft: Draft, identity: PodIdentity, name: str, situation: Situation) -> str:
    key = claim_key(identity.namespace, name)
    claim = situation.desired.configs.get(key)
    if not isinstance(claim, PersistentVolumeClaim):
        return f"{key} is not in the repository; commit it"
    if AccessMode.READ_WRITE_ONCE_POD not in claim.spec.access_modes:
        return ""
    volume = situation.instance.claim_volume_name(identity.namespace, name)
    there = any(mount.source == volume for each in situation.observed.containers for mount in each.config.mounts)
    others = (other for other in (*situation.starting, *draft.starting) if other.namespace == identity.namespace)
    coming = any(
        each.persistent_volume_claim and each.persistent_volume_claim.claim_name == name
        for other in others
        for each in other.template.spec.volumes
    )
    return f"{key} is for one pod at a time, and another one has it" if there or coming else ""


def _with_claim_label(mount: Mount, situation: Situation) -> Mount:
    found = dict(mount.volume_labels)
    claim = situation.desired.configs.get(claim_key(found.get(labels.NAMESPACE, ""), found.get(labels.CLAIM, "")))
    if claim is None or claim.metadata.annotations.get(labels.DELETE_VOLUME) != "true":
        return mount
    return replace(mount, volume_labels=(*mount.volume_labels, (labels.DELETE_VOLUME, "true")))


def _goes_with_claim(volume: ObservedVolume) -> bool:
    return volume.labels.get(labels.DELETE_VOLUME) == "true"
