"""Claims: whether those of a pod are there, and volumes of claims that are not wanted any more.

A volume of a claim is made when the first pod mounts it. It is kept when the claim goes, unless the claim said
otherwise when its volume was made. What becomes of the claims that a StatefulSet makes, the set itself says.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import ContainerConfig, Mount
from gitpod_sync.model.engine.observed import ObservedVolume
from gitpod_sync.model.engine.pods import Gathered, PodIdentity
from gitpod_sync.model.pods.claims import AccessMode, claim_key
from gitpod_sync.operations.operations import RemoveVolume
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.volumes.set_claims import find_claim, made_by, present_claims, set_that_let_go


def has_claims(draft: Draft, identity: PodIdentity, situation: Situation) -> bool:
    """Whether every claim that the pod names is in Git and free for it; notes the first that is not."""
    lack = lack_of_claims(identity, draft.starting, situation)
    if lack:
        draft.wait(str(identity), f"pod {identity}", "Unschedulable", lack)
    return not lack


def lack_of_claims(identity: PodIdentity, coming: Iterable[PodIdentity], situation: Situation) -> str:
    """The first claim of the pod that is not in Git or not free for it, in words; `coming` are pods made before it."""
    for volume in identity.template.spec.volumes:
        claim = volume.persistent_volume_claim
        lack = _lack(coming, identity, claim.claim_name, situation) if claim else ""
        if lack:
            return lack
    return ""


def with_claim_labels(config: ContainerConfig, situation: Situation) -> ContainerConfig:
    """The same, with a label for the new volume of each claim that says it goes with the claim."""
    return replace(config, mounts=tuple(_with_claim_label(mount, situation) for mount in config.mounts))


def plan_claims(draft: Draft, gathered: Gathered, decisions: Iterable[Decision], situation: Situation) -> None:
    """Remove the volumes of claims that are not in Git, and whose makers let go of them, once nothing mounts them."""
    released = {claim_key(each.workload.namespace, claim) for each in decisions for claim in each.release}
    unwanted = {
        volume.name: cause
        for volume, key in present_claims(gathered, situation.instance)
        if (cause := _why_unwanted(draft, volume, key, released, situation))
    }
    if not unwanted:
        return
    mounted = {mount.source for each in situation.observed.containers for mount in each.config.mounts}
    coming = (*situation.under_way.starting, *draft.starting)
    mounted |= {_volume_of(claim, situation) for identity in coming for claim in _claims_of(identity)}
    for name, cause in sorted(unwanted.items()):
        subject = f"volume {name}"
        if name in mounted:
            continue
        draft.going.add(name)
        if not draft.removal_held_back(name, subject) and not draft.is_busy(name):
            draft.add(name, subject, RemoveVolume(name), cause)


def _why_unwanted(
    draft: Draft, volume: ObservedVolume, key: Key, released: Container[Key], situation: Situation
) -> str:
    """Why the volume of a claim goes, "" when it stays. What Git names itself stays, whoever else made it."""
    if key in situation.desired.configs:
        return ""
    if key in released:
        return f"{key} was for a pod that its set has given up, and is to go with it"
    if made_by(key, situation.desired):
        return ""
    owner = set_that_let_go(key, situation.remembered.records)
    if owner is not None:
        draft.remembered.add(owner)
        return f"Git does not ask for {owner} any more, and its claims are to go with it"
    if not _goes_with_claim(volume):
        return ""
    return f"Git does not ask for {key} any more, and it said that its volume goes with it"


def _volume_of(claim: Key, situation: Situation) -> str:
    return situation.instance.claim_volume_name(claim.namespace, claim.name)


def _claims_of(identity: PodIdentity) -> Iterator[Key]:
    for volume in identity.template.spec.volumes:
        if volume.persistent_volume_claim:
            yield claim_key(identity.namespace, volume.persistent_volume_claim.claim_name)


def _lack(coming: Iterable[PodIdentity], identity: PodIdentity, name: str, situation: Situation) -> str:
    key = claim_key(identity.namespace, name)
    claim = find_claim(key, situation.desired)
    if claim is None:
        return f"{key} is not in the repository; commit it"
    if AccessMode.READ_WRITE_ONCE_POD not in claim.spec.access_modes:
        return ""
    volume = situation.instance.claim_volume_name(identity.namespace, name)
    there = any(mount.source == volume for each in situation.observed.containers for mount in each.config.mounts)
    others = (other for other in (*situation.under_way.starting, *coming) if other.namespace == identity.namespace)
    is_coming = any(
        each.persistent_volume_claim and each.persistent_volume_claim.claim_name == name
        for other in others
        for each in other.template.spec.volumes
    )
    return f"{key} is for one pod at a time, and another one has it" if there or is_coming else ""


def _with_claim_label(mount: Mount, situation: Situation) -> Mount:
    found = dict(mount.volume_labels)
    claim = situation.desired.configs.get(claim_key(found.get(labels.NAMESPACE, ""), found.get(labels.CLAIM, "")))
    if claim is None or claim.metadata.annotations.get(labels.DELETE_VOLUME) != "true":
        return mount
    return replace(mount, volume_labels=(*mount.volume_labels, (labels.DELETE_VOLUME, "true")))


def _goes_with_claim(volume: ObservedVolume) -> bool:
    return volume.labels.get(labels.DELETE_VOLUME) == "true"
