"""DaemonSet: one pod on each node that it is meant for. Today there is one node.

Source of the rules: Kubernetes, "Perform a Rolling Update on a DaemonSet": without a surge the old pod goes and then
the new one comes; with a surge the new one comes beside it, and the old one goes once the new one is available, or is
not available itself. Everything is decided for one node at a time, so that more nodes are more of the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from gitpod_sync.controllers.daemon_set.daemon_pod import (
    compute_daemon_template,
    compute_daemon_version,
    daemon_version_behind,
)
from gitpod_sync.controllers.decision import Decision, EndPod, NewPod, WorkloadStatus
from gitpod_sync.controllers.pod.pod_state import PodState, why_over
from gitpod_sync.controllers.shared.deletion_order import next_availability
from gitpod_sync.controllers.shared.names import free_names
from gitpod_sync.controllers.shared.rollout_messages import tell_undo
from gitpod_sync.controllers.shared.rollout_target import (
    RolloutTarget,
    choose_rollout_target,
    lost_undo,
    note_rollout_target,
)
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.engine.suitability import BARRING, ENDING, why_unsuitable
from gitpod_sync.model.records.records import DaemonSetRecord, TemplateRevision
from gitpod_sync.model.workloads.daemon_sets import DaemonSet

_NODES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnNode:
    """The pods of the set on the node: at most one of the newest version, one of an older version, and surplus pods."""

    new: PodState | None
    """The pod of the newest version."""
    old: PodState | None
    """A pod of any earlier version."""
    new_available: bool
    """Whether `new` serves."""
    old_available: bool
    """Whether `old` serves."""
    surplus: tuple[EndPod, ...]
    """Pods beside those two, lost and finished ones included."""
    alone: bool
    """Nothing else of the set is there, not even a pod on its way out or an orphaned container."""

    @property
    def kept(self) -> tuple[PodState, ...]:
        return tuple(state for state in (self.new, self.old) if state)


def decide_daemon_set(workload: DaemonSet, view: WorkloadView) -> Decision:
    """One step of the way to one pod of the newest version."""
    known = view.record.revisions if isinstance(view.record, DaemonSetRecord) else ()
    target = _choose_course(workload, view, known)
    found = _sort_pods(workload, target.hash, view)
    create, end = _move(workload, target.hash, found)
    template = compute_daemon_template(target.template, target.hash)
    spec = template.spec
    meant, sent_away = not why_unsuitable(spec, view.node, BARRING), why_unsuitable(spec, view.node, ENDING)
    if sent_away:
        end = tuple(EndPod(state.pod, f"the node is not meant for it: {sent_away}") for state in found.kept)
    create = create if meant else 0
    cause = f"version {target.hash} is rolled out" if found.old else "the node has no pod of the set"
    names = islice(free_names(workload.metadata.name, view.taken), create)
    record = _remember(workload, view, target, known)
    return Decision(
        workload=workload.key,
        status=replace(
            _status(workload, found, len(view.pods), meant=meant, sent_away=bool(sent_away)),
            held=tell_undo(workload.key, record.revisions, target),
        ),
        create=tuple(NewPod(name, template, target.hash, cause) for name in names),
        end=(*found.surplus, *end),
        wake_at=next_availability(found.kept, workload.spec.min_ready_seconds, view.now),
        record=record,
        done=lost_undo(view.interventions, known),
        template=target.other_than_asked,
    )


def _choose_course(workload: DaemonSet, view: WorkloadView, revisions: Sequence[TemplateRevision]) -> RolloutTarget:
    standing = [state for state in view.pods if not (state.pod.ending or state.pod.evicted or state.lost)]
    asked = compute_daemon_version(workload)
    return choose_rollout_target(asked, view.interventions, None, revisions, standing, daemon_version_behind)


def _remember(
    workload: DaemonSet, view: WorkloadView, target: RolloutTarget, revisions: Sequence[TemplateRevision]
) -> DaemonSetRecord:
    asked, limit = compute_daemon_version(workload), workload.spec.revision_history_limit
    noted = note_rollout_target(revisions, target, asked, limit, metadata=workload.metadata, commit=view.commit)
    return DaemonSetRecord(noted)


def _sort_pods(workload: DaemonSet, version_hash: str, view: WorkloadView) -> _OnNode:
    def available(state: PodState) -> bool:
        return state.available(view.now, workload.spec.min_ready_seconds)

    new: list[PodState] = []
    old: list[PodState] = []
    surplus = []
    for state in sorted(view.pods, key=lambda state: (not available(state), *_oldest_first(state))):
        if state.pod.ending or state.pod.evicted:
            continue
        peers = new if state.pod.identity.template_hash == version_hash else old
        cause = why_over(state) or ("there is more than one on the node" if peers else "")
        if cause:
            surplus.append(EndPod(state.pod, cause))
        else:
            peers.append(state)
    return _OnNode(
        new=next(iter(new), None),
        old=next(iter(old), None),
        new_available=any(map(available, new)),
        old_available=any(map(available, old)),
        surplus=tuple(surplus),
        alone=len(view.pods) == len(new) + len(old) and not view.orphaned,
    )


def _move(workload: DaemonSet, version_hash: str, found: _OnNode) -> tuple[int, tuple[EndPod, ...]]:
    """The number of pods to come, and which of the two present pods goes."""
    if found.old is None:
        return int(found.alone and found.new is None), ()
    replaced = EndPod(found.old.pod, f"version {version_hash} takes its place")
    handed_over = found.new_available or not found.old_available
    if not workload.updates_by_itself:
        # Two are there when the strategy was changed in the middle of a surge.
        too_new = (EndPod(found.new.pod, "there is more than one on the node"),) if found.new else ()
        return 0, (replaced,) if found.new and handed_over else too_new
    if workload.spec.update_strategy.rolling_update.max_surge.of(_NODES, round_up=True) == 0:
        return 0, (replaced,)
    if found.new is None:
        return int(found.alone), ()
    return 0, (replaced,) if handed_over else ()


def _oldest_first(state: PodState) -> tuple[float, str]:
    return (state.pod.sandbox.created_at if state.pod.sandbox else float("inf"), state.pod.identity.name)


def _status(workload: DaemonSet, found: _OnNode, pods: int, *, meant: bool, sent_away: bool) -> WorkloadStatus:
    """Counts of nodes, not of pods: a node with two pods counts once, a node that the set is not meant for never.

    With a surge the old pod is the one that counts until it goes: only then is the node updated.
    A pod that is there stays until the node sends it away (Kubernetes: "DaemonSet", how daemon pods are scheduled).
    """
    as_asked = found.new_available or (not workload.updates_by_itself and found.old_available)
    return WorkloadStatus(
        desired=_NODES if meant else 0,
        current=int(bool(found.kept)),
        updated=int(found.new is not None and found.old is None),
        ready=int(any(state.ready for state in found.kept)),
        available=int(found.new_available or found.old_available),
        complete=as_asked and pods == 1 if meant else pods == 0 or (pods == 1 and not sent_away),
    )
