"""What every pod stands on: the instance's network and the sandbox's image."""

from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from gitpod_sync.operations.operations import CreateNetwork, ImportSandboxImage, RemoveNetwork
from gitpod_sync.plan.backlog import backlog_of
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import INSTANCE_CHAIN, Draft
from gitpod_sync.plan.subjects import Part, Subject

# Not the chain's own key: a network that could not be removed is as good as ever for the pods that come.
_REMOVAL = f"{INSTANCE_CHAIN}/network removal"


def has_ground(situation: NodeSituation) -> bool:
    """Whether what pods stand on is there, or can be had in this pass."""
    return not backlog_of(situation).is_busy(INSTANCE_CHAIN)


def plan_ground(draft: Draft, situation: NodeSituation, *, wanted: bool, in_use: bool) -> tuple[int, ...] | None:
    """Steps that new pods have to wait for; None when no pod can be made in this pass.

    `wanted` says that pods are asked for or there, `in_use` that there are pods or leftovers.
    """
    observed, instance = situation.observed, situation.instance
    if not wanted:
        if observed.network and not in_use and not draft.is_busy(INSTANCE_CHAIN):
            subject, removal = Subject(Part.NETWORK, instance.network), RemoveNetwork(instance.network)
            # One that others use too is left to them, and asked for again now and then; no pod waits for that.
            if not draft.removal_held_back(_REMOVAL, subject):
                draft.add(INSTANCE_CHAIN, subject, removal, "no pod is left", retry=_REMOVAL)
        return ()
    held_back = draft.held_back(INSTANCE_CHAIN, Subject(Part.INSTANCE, instance.name), "NetworkNotReady")
    if held_back or draft.is_busy(INSTANCE_CHAIN):
        return None
    needed = []
    if observed.network is None:
        operation = CreateNetwork(instance.network)
        needed.append(
            draft.add(INSTANCE_CHAIN, Subject(Part.NETWORK, instance.network), operation, "pods need a network")
        )
    if observed.images.get(SANDBOX_IMAGE) is None:
        image = ImportSandboxImage(SANDBOX_IMAGE)
        needed.append(
            draft.add(INSTANCE_CHAIN, Subject(Part.IMAGE, SANDBOX_IMAGE), image, "sandboxes are made from it")
        )
    return tuple(needed)
