"""Claims: whether those of a pod are there, and volumes of claims that are not wanted any more.

A volume of a claim is made when the first pod mounts it. It is kept when the claim goes, unless the claim said
otherwise when its volume was made. What becomes of the claims that a StatefulSet makes, the set itself says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.pass_cache import What
from gitpod_sync.model.engine.container import ContainerConfig, Mount
from gitpod_sync.model.engine.observed import ObservedContainer
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.claims import AccessMode, claim_key
from gitpod_sync.operations.operations import RemoveVolume
from gitpod_sync.plan.node_view import NodeView, PresentClaim
from gitpod_sync.plan.situation import ClusterSituation, NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, Subject
from gitpod_sync.plan.volumes.set_claims import exclusive_claims, find_claim, made_by, set_that_let_go

_EXCLUSIVE: What[bool] = What("whether a claim is for one pod at a time")
_MOUNTED: What[frozenset[str]] = What("what containers mount")


@dataclass(frozen=True, slots=True)
class UnwantedClaims:
    """Volumes of claims that are to go, by name, and why. `owners` are sets out of Git that are still to be known."""

    volumes: Mapping[str, str]
    owners: frozenset[Key]


def lack_of_claims(
    identity: PodIdentity, coming: Iterable[PodIdentity], view: NodeView, situation: ClusterSituation
) -> str:
    """The first claim of the pod that is not in Git or not free for it, in words; `coming` are pods made before it."""
    for volume in identity.template.spec.volumes:
        claim = volume.persistent_volume_claim
        lack = _lack(coming, identity, claim.claim_name, view, situation) if claim else ""
        if lack:
            return lack
    return ""


def find_mounted(situation: NodeSituation) -> frozenset[str]:
    """What containers mount, by name; nobody asks for it while no claim is for one pod at a time."""
    desired, containers = situation.desired, situation.observed.containers
    if not situation.memo.recall(_EXCLUSIVE, (desired,), partial(exclusive_claims, desired)):
        return frozenset()
    return situation.memo.recall(_MOUNTED, (containers,), partial(_mounted_by, containers))


def with_claim_labels(config: ContainerConfig, situation: NodeSituation) -> ContainerConfig:
    """The same, with a label for the new volume of each claim that says it goes with the claim."""
    return replace(config, mounts=tuple(_with_claim_label(mount, situation) for mount in config.mounts))


def find_unwanted_claims(
    claims: Iterable[PresentClaim], decisions: Iterable[Decision], situation: ClusterSituation
) -> UnwantedClaims:
    """The volumes of claims that are not in Git, and whose makers let go of them."""
    released = {claim_key(each.workload.namespace, claim) for each in decisions for claim in each.release}
    volumes: dict[str, str] = {}
    owners: set[Key] = set()
    for each in claims:
        if each.claim in situation.desired.configs:
            continue  # what Git names itself stays, whoever else made it
        if each.claim in released:
            volumes[each.volume] = f"{each.claim} was for a pod that its set has given up, and is to go with it"
        elif made_by(each.claim, situation.desired):
            continue
        elif owner := set_that_let_go(each.claim, situation.remembered.records):
            owners.add(owner)
            volumes[each.volume] = f"Git does not ask for {owner} any more, and its claims are to go with it"
        elif each.goes_with_claim:
            cause = f"Git does not ask for {each.claim} any more, and it said that its volume goes with it"
            volumes[each.volume] = cause
    return UnwantedClaims(volumes, frozenset(owners))


def plan_claims(draft: Draft, unwanted: Mapping[str, str], situation: NodeSituation) -> None:
    """Remove volumes of claims, each for a reason, once nothing mounts them."""
    if not unwanted:
        return
    coming = (*situation.under_way.starting, *draft.starting)
    mounted = _mounted_by(situation.observed.containers) | {
        _volume_of(claim, situation) for identity in coming for claim in _claims_of(identity)
    }
    for name, cause in sorted(unwanted.items()):
        subject = Subject(Part.ENGINE_VOLUME, name)
        if name in mounted:
            continue
        draft.going.add(name)
        if not draft.removal_held_back(name, subject) and not draft.is_busy(name):
            draft.add(name, subject, RemoveVolume(name), cause)


def _mounted_by(containers: Iterable[ObservedContainer]) -> frozenset[str]:
    return frozenset(mount.source for each in containers for mount in each.config.mounts)


def _volume_of(claim: Key, situation: NodeSituation) -> str:
    return situation.instance.claim_volume_name(claim.namespace, claim.name)


def _claims_of(identity: PodIdentity) -> Iterator[Key]:
    for volume in identity.template.spec.volumes:
        if volume.persistent_volume_claim:
            yield claim_key(identity.namespace, volume.persistent_volume_claim.claim_name)


def _lack(
    coming: Iterable[PodIdentity], identity: PodIdentity, name: str, view: NodeView, situation: ClusterSituation
) -> str:
    key = claim_key(identity.namespace, name)
    claim = find_claim(key, situation.desired)
    if claim is None:
        return f"{key} is not in the repository; commit it"
    if AccessMode.READ_WRITE_ONCE_POD not in claim.spec.access_modes:
        return ""
    volume = situation.instance.claim_volume_name(identity.namespace, name)
    others = (other for other in (*view.starting, *coming) if other.namespace == identity.namespace)
    is_coming = any(
        each.persistent_volume_claim and each.persistent_volume_claim.claim_name == name
        for other in others
        for each in other.template.spec.volumes
    )
    return f"{key} is for one pod at a time, and another one has it" if volume in view.mounted or is_coming else ""


def _with_claim_label(mount: Mount, situation: NodeSituation) -> Mount:
    found = dict(mount.volume_labels)
    claim = situation.desired.configs.get(claim_key(found.get(labels.NAMESPACE, ""), found.get(labels.CLAIM, "")))
    if claim is None or claim.metadata.annotations.get(labels.DELETE_VOLUME) != "true":
        return mount
    return replace(mount, volume_labels=(*mount.volume_labels, (labels.DELETE_VOLUME, "true")))
