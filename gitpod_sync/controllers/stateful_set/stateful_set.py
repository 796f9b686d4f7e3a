"""StatefulSet: one pod at each place, made and ended in order.

Source of the rules: Kubernetes, "StatefulSets", deployment and scaling guarantees, and update strategies. In order
means: a pod comes when all before it are available, and goes when all that stay are and the one after it is gone.

One rule is ours. There, a broken version whose pod never becomes ready stops the walk through the places, and the
commit that mends it is never applied. Here a pod that is not available and not of the version that belongs at its
place is replaced at once: it serves nobody, so nothing that was promised is lost.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from gitpod_sync.controllers.crowds import ask_for
from gitpod_sync.controllers.decision import Decision, EndPod, NewPod, VersionStatus, WorkloadStatus
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.shared.deletion_order import next_availability
from gitpod_sync.controllers.shared.rollout_messages import tell_undo
from gitpod_sync.controllers.shared.rollout_target import RolloutTarget, choose_rollout_target, lost_undo
from gitpod_sync.controllers.stateful_set.ordinals import Lineup, Place, sort_by_ordinal
from gitpod_sync.controllers.stateful_set.record import Versions, compute_record, compute_release, compute_versions
from gitpod_sync.controllers.stateful_set.stable_identity import (
    compute_pod_template,
    compute_version,
    version_behind,
    version_name,
)
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.records.records import StatefulSetRecord
from gitpod_sync.model.workloads.stateful_sets import PodManagement, StatefulSet

Move = tuple[Iterable[Place], int, Sequence[EndPod]]
"""Places whose pods come, and how many these are; and pods that go."""

_REST: Move = ((), 0, ())


def decide_stateful_set(workload: StatefulSet, view: WorkloadView) -> Decision:
    """One step of the way to one available pod at each place."""
    known = view.record if isinstance(view.record, StatefulSetRecord) else StatefulSetRecord()
    lineup = sort_by_ordinal(workload, view)
    asked, behind = compute_version(workload), partial(version_behind, workload)
    target = choose_rollout_target(asked, view.interventions, None, known.revisions, lineup.standing, behind)
    versions = compute_versions(workload, lineup, known, target)
    ordered = workload.spec.pod_management_policy is PodManagement.ORDERED_READY
    come, missing, go = (_move_in_order if ordered else _move_at_once)(workload, lineup, versions)
    record = compute_record(workload, lineup, versions, target, view, known)
    return Decision(
        workload=workload.key,
        status=_status(workload, lineup, versions, record, target, view),
        create=ask_for((_new_pod(workload, place, versions) for place in come), missing, view.node),
        end=(*lineup.over, *go),
        wake_at=next_availability(lineup.standing, workload.spec.min_ready_seconds, view.now),
        record=record,
        done=lost_undo(view.interventions, known.revisions),
        release=compute_release(workload, lineup, view, record),
        template=target.other_than_asked,
    )


def _move_in_order(workload: StatefulSet, lineup: Lineup, versions: Versions) -> Move:
    """The first thing that is not as it should be is put right, and nothing else."""
    for place in lineup.places:
        if place.pod is None:
            return ((place,), 1, ()) if place.free else _REST
        if not place.available:
            return (), 0, _replace_broken(workload, (place,), versions)
    if lineup.clearing:
        return _REST
    return (), 0, _scale_down(workload, lineup.beyond[:1]) or _update(workload, lineup, versions)


def _move_at_once(workload: StatefulSet, lineup: Lineup, versions: Versions) -> Move:
    """Whatever is not as it should be is put right; what is available goes only as the update strategy lets it."""
    come = (place for place in lineup.places if place.free)
    broken = _replace_broken(workload, lineup.taken, versions)
    return come, lineup.free, (*_scale_down(workload, lineup.beyond), *broken, *_update(workload, lineup, versions))


def _scale_down(workload: StatefulSet, beyond: Sequence[PodState]) -> tuple[EndPod, ...]:
    cause = f"the set is scaled to {workload.spec.replicas}, and its ordinal is not among them"
    return tuple(EndPod(state.pod, cause) for state in beyond)


def _replace_broken(workload: StatefulSet, places: Sequence[Place], versions: Versions) -> tuple[EndPod, ...]:
    """Pods that serve nobody and are of another version than belongs at their place."""
    ends = []
    for place in places if workload.updates_by_itself else ():
        _, version = versions.at(workload, place.index)
        if place.pod and not place.available and not place.is_of(version):
            ends.append(EndPod(place.pod.pod, f"it is not available, and version {version} takes its place"))
    return tuple(ends)


def _update(workload: StatefulSet, lineup: Lineup, versions: Versions) -> tuple[EndPod, ...]:
    """Pods to be replaced, from the highest place down to the partition, as many as may be unavailable.

    Five places, partition 2, maxUnavailable 2: 4 and 3 go; when both are available again, 2 goes; 1 and 0 stay.
    """
    if not workload.updates_by_itself:
        return ()
    most = workload.spec.update_strategy.rolling_update.most_unavailable(workload.spec.replicas)
    outdated = [
        EndPod(place.pod.pod, f"version {versions.update_hash} takes its place")
        for place in reversed(lineup.taken)
        if place.index >= workload.partition
        if place.pod and place.available and not place.is_of(versions.update_hash)
    ]
    return tuple(outdated[: max(0, most - lineup.unavailable)])


def _new_pod(workload: StatefulSet, place: Place, versions: Versions) -> NewPod:
    version, version_hash = versions.at(workload, place.index)
    template = compute_pod_template(workload, version, version_hash, place.ordinal)
    earlier = "" if version_hash == versions.update_hash else f"; version {version_hash} is kept below the partition"
    return NewPod(place.name, template, version_hash, f"there is no pod of ordinal {place.ordinal}{earlier}")


def _status(
    workload: StatefulSet,
    lineup: Lineup,
    versions: Versions,
    record: StatefulSetRecord,
    target: RolloutTarget,
    view: WorkloadView,
) -> WorkloadStatus:
    name, places = workload.metadata.name, lineup.taken
    as_asked = lineup.complete and all(_is_as_asked(workload, place, versions) for place in places)
    return WorkloadStatus(
        desired=workload.spec.replicas,
        current=len(lineup.standing),
        updated=sum(place.is_of(versions.update_hash) for place in places),
        ready=sum(state.ready for state in lineup.standing),
        available=sum(place.available for place in places),
        complete=as_asked and len(view.pods) == len(places) and not view.orphans,
        versions=VersionStatus(
            version_name(name, record.current),
            version_name(name, versions.update_hash),
            sum(place.is_of(record.current) for place in places),
        ),
        held=tell_undo(workload.key, record.revisions, target),
    )


def _is_as_asked(workload: StatefulSet, place: Place, versions: Versions) -> bool:
    """Whether the place has the newest version, or an older one that the strategy keeps there."""
    stays = not workload.updates_by_itself or place.index < workload.partition
    return stays or place.is_of(versions.update_hash)
