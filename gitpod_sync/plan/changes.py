"""Field by field, how what runs differs from what Git asks: the report of a dry run."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.model.codec import Json, encode
from gitpod_sync.model.hashing import template_hash
from gitpod_sync.model.jobs import Job
from gitpod_sync.model.meta import Key
from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.workloads import Pod, ReplicaSet, ReplicationController, Workload
from gitpod_sync.plan.field_changes import ChangeKind, FieldChange, ObjectChange, compute_field_changes
from gitpod_sync.plan.job_changes import cron_job_changes, job_changes
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Plan

_REMEMBERED = {"Job", "CronJob"}
"""Kinds whose objects are there as long as they are remembered, with pods or without."""


def compute_changes(situation: Situation, plan: Plan) -> tuple[ObjectChange, ...]:
    """Every object that differs, sorted by key. Pods that are being ended, or were evicted, are not counted."""
    living: dict[Key, list[PodState]] = {}
    for state in plan.pods:
        if not (state.pod.ending or state.pod.evicted):
            living.setdefault(state.pod.identity.owner, []).append(state)
    workloads = {**situation.desired.workloads, **plan.derived}
    decisions = {decision.workload: decision for decision in plan.decisions}
    under_way = {step.chain for step in plan.steps}
    changes = [
        change
        for key, workload in workloads.items()
        for change in (
            job_changes(workload, decisions[key], situation.records.get(key))
            if isinstance(workload, Job)
            else _workload_changes(workload, decisions[key], living.get(key, []), under_way)
        )
    ]
    for key, cron in situation.desired.cron_jobs.items():
        changes += cron_job_changes(cron, situation.records.get(key))
    remembered = {key for key in situation.records if key.kind in _REMEMBERED}
    gone = (living.keys() | remembered) - workloads.keys() - situation.desired.cron_jobs.keys()
    changes += [ObjectChange(key, ChangeKind.DELETE) for key in gone]
    return tuple(sorted(changes, key=lambda change: (change.key, change.kind == ChangeKind.NOTE)))


def _workload_changes(
    workload: Workload, decision: Decision, pods: Sequence[PodState], under_way: Collection[str]
) -> Iterator[ObjectChange]:
    """`under_way` are the UIDs of pods that something is done to: resized ones among them are not as written yet."""
    if not pods:
        if decision.status.desired:
            yield ObjectChange(workload.key, ChangeKind.CREATE)
        return
    older = [state for state in pods if state.pod.resized is None or state.pod.identity.uid in under_way]
    counts, templates = tuple(_count_changes(workload, decision, pods)), tuple(_template_changes(workload, older))
    told = (
        ((ChangeKind.UPDATE, counts), (ChangeKind.NOTE, templates))
        if _keeps_old_pods(workload)
        else ((ChangeKind.UPDATE, counts + templates),)
    )
    yield from (ObjectChange(workload.key, kind, fields) for kind, fields in told if fields)


def _keeps_old_pods(workload: Workload) -> bool:
    """A new template is for its new pods only (Kubernetes: "ReplicaSet")."""
    return isinstance(workload, ReplicaSet | ReplicationController)


def _count_changes(workload: Workload, decision: Decision, pods: Sequence[PodState]) -> Iterator[FieldChange]:
    rolling = any(state.pod.identity.template_hash != _wanted_hash(workload) for state in pods)
    # During a rollout the number of pods is on its way up and down; the template is what differs.
    rolling = rolling and not _keeps_old_pods(workload)
    if not isinstance(workload, Pod) and len(pods) != decision.status.desired and not rolling:
        yield FieldChange("spec.replicas", len(pods), decision.status.desired)


def _template_changes(workload: Workload, pods: Sequence[PodState]) -> Iterator[FieldChange]:
    wanted = _wanted_hash(workload)
    older = {
        state.pod.identity.template_hash: state.pod.identity.template
        for state in pods
        if state.pod.identity.template_hash != wanted
    }
    new = _template_json(workload, workload.template if isinstance(workload, Pod) else workload.spec.template)
    seen: set[str] = set()
    for _, template in sorted(older.items()):
        for change in compute_field_changes(_template_json(workload, template), new, ""):
            if change.path not in seen:
                seen.add(change.path)
                yield change


def _wanted_hash(workload: Workload) -> str:
    return template_hash(workload.template if isinstance(workload, Pod) else workload.spec.template)


def _template_json(workload: Workload, template: PodTemplate) -> Mapping[str, Json]:
    encoded: Mapping[str, Json] = encode(template)
    return encoded if isinstance(workload, Pod) else {"spec": {"template": encoded}}
