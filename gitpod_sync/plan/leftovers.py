"""Things under our labels that belong to no pod: they go."""

from gitpod_sync.model import labels
from gitpod_sync.model.observed import ContainerStatus
from gitpod_sync.model.pods import Gathered, Leftover
from gitpod_sync.plan.operations import RemoveContainer, RemoveVolume, SignalContainer, UnpauseContainer
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft

ORPHAN_GRACE = 30.0
"""Seconds, Kubernetes' default: how long the pod had wanted went with its sandbox."""


def plan_leftovers(draft: Draft, gathered: Gathered, situation: Situation) -> None:
    """Orphaned containers are ended with grace, others removed at once, then the volumes of pods that are gone."""
    starting = {identity.uid for identity in situation.starting}
    for leftover in gathered.leftovers:
        if not _spoken_for(draft, leftover.container.labels.get(labels.UID, ""), starting):
            _plan_leftover(draft, leftover, situation)
    for volume in gathered.volumes:
        uid = volume.labels.get(labels.UID, "")
        # A volume that is still mounted by an orphan goes in a later pass.
        if not _spoken_for(draft, uid, starting) and not _mounted(gathered, volume.name):
            draft.add(volume.name, f"volume {volume.name}", RemoveVolume(volume.name), "its pod is gone")


def _spoken_for(draft: Draft, uid: str, starting: set[str]) -> bool:
    """Whether operations of the pod are still under way: then what looks left over may be in the making."""
    return uid in starting or draft.is_busy(uid)


def _mounted(gathered: Gathered, volume: str) -> bool:
    return any(volume == mount.source for each in gathered.leftovers for mount in each.container.config.mounts)


def _plan_leftover(draft: Draft, leftover: Leftover, situation: Situation) -> None:
    container = leftover.container
    chain, subject = container.id, f"container {container.name}"
    draft.going.add(container.id)
    if draft.is_busy(chain):
        return
    since = situation.ending_since.get(container.id)
    if not leftover.orphaned or not container.alive or (since is not None and since + ORPHAN_GRACE <= situation.now):
        draft.add(chain, subject, RemoveContainer(container.id), leftover.cause)
        return
    if container.status is ContainerStatus.PAUSED:
        draft.add(chain, subject, UnpauseContainer(container.id), leftover.cause)
    if since is None:
        draft.add(chain, subject, SignalContainer(container.id, container.stop_signal), leftover.cause)
        draft.begun_endings.add(container.id)
    draft.wake((situation.now if since is None else since) + ORPHAN_GRACE)
