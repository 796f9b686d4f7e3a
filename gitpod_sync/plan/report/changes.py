"""Field by field, how what runs differs from what Git asks: the report of a dry run."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.versions import version_of, wanted_version, why_older_stays
from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.records import DeploymentRecord, Record
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.model.workloads.workloads import Pod, Workload
from gitpod_sync.plan.report.field_changes import (
    ChangeKind,
    FieldChange,
    ObjectChange,
    compute_field_changes,
    told_apart,
)
from gitpod_sync.plan.report.job_changes import cron_job_changes, job_changes
from gitpod_sync.plan.steps import Plan

_REMEMBERED = {"Job", "CronJob"}
"""Kinds whose objects are there as long as they are remembered, with pods or without."""


def compute_changes(plan: Plan, records: Mapping[Key, Record]) -> tuple[ObjectChange, ...]:
    """Every object that differs, sorted by key. Pods that are being ended, or were evicted, are not counted.

    `records` are those that the plan was computed from.
    """
    living: dict[Key, list[PodState]] = {}
    for state in plan.pods:
        if not (state.pod.ending or state.pod.evicted):
            living.setdefault(state.pod.owner, []).append(state)
    workloads = {**plan.desired.workloads, **plan.derived}
    decisions = {decision.workload: decision for decision in plan.decisions}
    under_way = {step.chain for step in plan.steps}

    def changes_of(workload: Workload) -> Iterator[ObjectChange]:
        key = workload.key
        decision, record = decisions[key], records.get(key)
        if decision.undecided:
            yield ObjectChange(key, ChangeKind.NOTE, why=decision.status.failed)
        elif isinstance(workload, Job):
            yield from job_changes(workload, decision, record)
        else:
            yield from _workload_changes(workload, decision, living.get(key, []), under_way, record)

    changes: list[ObjectChange] = []
    for workload in workloads.values():
        changes += told_apart(workload.key, partial(changes_of, workload))
    for key, cron in plan.desired.cron_jobs.items():
        changes += told_apart(key, partial(cron_job_changes, cron, records.get(key)))
    remembered = {key for key in records if key.kind in _REMEMBERED}
    gone = (living.keys() | remembered) - workloads.keys() - plan.desired.cron_jobs.keys()
    changes += [ObjectChange(key, ChangeKind.DELETE) for key in gone]
    return tuple(sorted(changes, key=lambda change: (change.key, change.kind == ChangeKind.NOTE)))


def _workload_changes(
    workload: Workload,
    decision: Decision,
    pods: Sequence[PodState],
    under_way: Collection[str],
    record: Record | None,
) -> Iterator[ObjectChange]:
    """`under_way` are the UIDs of pods that something is done to: resized ones among them are not as written yet."""
    if not pods:
        if decision.status.desired:
            yield ObjectChange(workload.key, ChangeKind.CREATE)
        return
    asked = _held_against(workload, decision)
    wanted = template_hash(asked)
    older = [
        state
        for state in pods
        if state.pod.identity.template_hash != wanted
        and (state.pod.resized is None or state.pod.pending_resize or state.pod.identity.uid in under_way)
    ]
    held = decision.status.held
    staying = {state.pod.identity.uid: held or why_older_stays(workload, state.pod.identity) for state in older}
    leaving = [state for state in older if not staying[state.pod.identity.uid]]
    updates = (
        *_count_changes(workload, decision, pods, leaving, record),
        *_template_changes(workload, asked, leaving),
    )
    if updates:
        yield ObjectChange(workload.key, ChangeKind.UPDATE, updates)
    kept = [state for state in older if staying[state.pod.identity.uid]]
    if kept or held:
        why = held or staying[kept[0].pod.identity.uid]
        yield ObjectChange(workload.key, ChangeKind.NOTE, tuple(_template_changes(workload, asked, kept)), why)


def _held_against(workload: Workload, decision: Decision) -> PodTemplate:
    """What pods are compared with: Git's template, a restart that was ordered included, and no other on the way."""
    return wanted_version(workload) if decision.status.held or decision.template is None else decision.template


def _count_changes(
    workload: Workload,
    decision: Decision,
    pods: Sequence[PodState],
    leaving: Sequence[PodState],
    record: Record | None,
) -> Iterator[FieldChange]:
    """How many there were before. `record` is what is remembered of the workload from the pass before."""
    if isinstance(workload, Pod | DaemonSet):
        return
    before = _count_before_rollout(pods, leaving, record) if leaving else len(pods)
    if before in {None, decision.status.desired}:
        return
    returning = template_hash(decision.template) if decision.template is not None else None
    if leaving or returning is None or all(state.pod.identity.template_hash == returning for state in pods):
        yield FieldChange("spec.replicas", before, decision.status.desired)


def _count_before_rollout(pods: Sequence[PodState], leaving: Sequence[PodState], record: Record | None) -> int | None:
    """None when it is not known: during a rollout the number of pods is on its way up and down."""
    if isinstance(record, DeploymentRecord) and record.replicas:
        return record.replicas
    return len(pods) if len(leaving) == len(pods) else None


def _template_changes(workload: Workload, asked: PodTemplate, older: Sequence[PodState]) -> Iterator[FieldChange]:
    versions = {state.pod.identity.template_hash: version_of(workload, state.pod.identity) for state in older}
    new = _template_json(workload, asked)
    seen: set[str] = set()
    for _, version in sorted(versions.items()):
        for change in compute_field_changes(_template_json(workload, version), new, ""):
            if change.path not in seen:
                seen.add(change.path)
                yield change


def _template_json(workload: Workload, template: PodTemplate) -> Mapping[str, Json]:
    encoded: Mapping[str, Json] = encode(template)
    return encoded if isinstance(workload, Pod) else {"spec": {"template": encoded}}
