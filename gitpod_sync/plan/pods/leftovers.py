"""Things under our labels that belong to no pod: they go."""

from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.engine.pods import Gathered, Leftover, grace_of
from gitpod_sync.operations.operations import (
    RemoveContainer,
    RemoveNetwork,
    RemoveVolume,
    SignalContainer,
    UnpauseContainer,
)
from gitpod_sync.plan.doors import Door, Doors, Planned
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import Part, Subject


def plan_leftovers(draft: Draft, gathered: Gathered, situation: NodeSituation, doors: Doors) -> None:
    """Orphaned containers are ended with grace, others removed at once, then volumes and networks."""
    # While operations of a pod are under way, what looks left over may be in the making.
    spoken_for = situation.under_way.chains | {identity.uid for identity in situation.under_way.starting}
    for leftover in doors.each(Door.END, gathered.leftovers, _planned):
        if leftover.container.labels.get(labels.UID, "") not in spoken_for:
            _plan_leftover(draft, leftover, situation)
    for volume in gathered.volumes:
        subject = Subject(Part.ENGINE_VOLUME, volume.name)
        # A volume that is still mounted by an orphan goes in a later pass.
        if volume.labels.get(labels.UID, "") in spoken_for or _mounted(gathered, volume.name):
            continue
        _plan_removal(draft, volume.name, subject, RemoveVolume(volume.name), "its pod is gone")
    for network in situation.observed.stray_networks:
        cause = "it bears the labels of this instance, and is not its network"
        _plan_removal(draft, network.id, Subject(Part.NETWORK, network.name), RemoveNetwork(network.id), cause)


def _planned(leftover: Leftover) -> Planned:
    return Planned(leftover.container.id, Subject(Part.LEFTOVER, leftover.container.name))


def _plan_removal(
    draft: Draft, key: str, subject: Subject, operation: RemoveVolume | RemoveNetwork, cause: str
) -> None:
    draft.going.add(key)
    if not draft.removal_held_back(key, subject) and not draft.is_busy(key):
        draft.add(key, subject, operation, cause, lasting=True)


def _mounted(gathered: Gathered, volume: str) -> bool:
    return any(volume == mount.source for each in gathered.leftovers for mount in each.container.config.mounts)


def _plan_leftover(draft: Draft, leftover: Leftover, situation: NodeSituation) -> None:
    container = leftover.container
    chain, subject = container.id, Subject(Part.LEFTOVER, container.name)
    draft.going.add(container.id)
    if draft.held_back(chain, subject, "FailedSync") or draft.is_busy(chain):
        return
    since = situation.remembered.ending_since.get(container.id)
    deadline = (situation.now if since is None else since) + grace_of(container)
    if not leftover.orphaned or not container.alive or deadline <= situation.now:
        draft.add(chain, subject, RemoveContainer(container.id), leftover.cause, lasting=True)
        return
    if container.status is ContainerStatus.PAUSED:
        draft.add(chain, subject, UnpauseContainer(container.id), leftover.cause)
    if since is None:
        draft.add(chain, subject, SignalContainer(container.id, container.stop_signal), leftover.cause)
        draft.begun_endings.add(container.id)
    draft.wake(deadline)
