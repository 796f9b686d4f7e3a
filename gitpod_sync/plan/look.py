"""What a node sees of its pods: containers sorted into pods, and how each of these is doing."""

from collections import defaultdict
from functools import partial

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.engine.pods import Gathered
from gitpod_sync.plan.backlog import backlog_of
from gitpod_sync.plan.doors import Door, Doors, of_bearer
from gitpod_sync.plan.incremental.steady_pods import SteadyPods
from gitpod_sync.plan.node_view import NodeView
from gitpod_sync.plan.pods.prerequisites import has_ground
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.states.states import compute_states
from gitpod_sync.plan.volumes.claims import find_mounted
from gitpod_sync.plan.volumes.set_claims import present_claims


def look(situation: NodeSituation, steady: SteadyPods, doors: Doors) -> tuple[NodeView, Gathered]:
    """What is told of the node to those who decide, and what it keeps for itself to act upon."""
    bearers = partial(doors.each, Door.READ, subject_of=of_bearer)
    gathered = group_pods(situation.observed, situation.instance, situation.memo, bearers)
    view = NodeView(
        machine=situation.observed.node,
        pods=compute_states(gathered, steady, situation, doors),
        unread=tuple(gathered.unread),
        orphans=_find_orphans(gathered),
        claims=tuple(present_claims(gathered, situation.instance)),
        mounted=find_mounted(situation),
        backlog=backlog_of(situation),
        starting=situation.under_way.starting,
        takes_pods=has_ground(situation),
        is_used=_is_used(situation),
        pressure=situation.measured.pressure,
        brought=situation.remembered.brought,
    )
    return view, gathered


def _find_orphans(gathered: Gathered) -> dict[Key, frozenset[str]]:
    found: dict[Key, set[str]] = defaultdict(set)
    for leftover in gathered.leftovers:
        owner = leftover.owner
        if owner is not None and leftover.container.alive:
            found[owner].add(leftover.container.labels.get(labels.POD, ""))
    return {owner: frozenset(pods) for owner, pods in found.items()}


def _is_used(situation: NodeSituation) -> bool:
    observed = situation.observed
    # The mark of the owner is made by the first look at an engine, before anything is remembered.
    volumes = any(each.name != situation.instance.owner_volume for each in observed.volumes)
    return bool(observed.containers or volumes or observed.network)
