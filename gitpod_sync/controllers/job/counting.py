"""Each end of a pod counts once: by the pod's UID, and in an indexed Job each success by its index."""

from collections.abc import Sequence
from dataclasses import replace

from gitpod_sync.controllers.job.pods import JobPods, ended_at, has_ended, index_of_pod
from gitpod_sync.controllers.job.policies import Judgement, judge_failure
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.records.job_records import IndexFailures, JobRecord
from gitpod_sync.model.workloads.indexes import parse_indexes, render_indexes
from gitpod_sync.model.workloads.jobs import FailureAction, JobSpec


def count_ended(record: JobRecord, spec: JobSpec, pods: JobPods, now: float) -> tuple[JobRecord, Judgement | None]:
    """The record with the pods that have come to their end, and the first judgement that fails the whole Job.

    Pods that are gone are not remembered by their UIDs any more: a UID never comes back.
    """
    present = _uids((*pods.counted, *(each for each in pods.ending if each.pod.identity.uid in record.counted)))
    fatal = None
    for state in pods.ended:
        if state.phase is Phase.SUCCEEDED:
            record = _count_success(record, spec, state)
            continue
        judgement = judge_failure(spec.pod_failure_policy, state)
        # Of one that was taken away nobody knows when it ends.
        at = ended_at(state) if has_ended(state) and not state.lost else now
        record = _count_failure(record, spec, state, judgement, at)
        fatal = fatal or (judgement if judgement.action is FailureAction.FAIL_JOB else None)
    return replace(record, counted=tuple(sorted((*present, *_uids(pods.ended))))), fatal


def indexes_done(record: JobRecord, spec: JobSpec) -> frozenset[int]:
    """The indexes that have succeeded; those beyond `completions` do not count any more once it has been lowered."""
    return frozenset(index for index in parse_indexes(record.indexes_done) if index < (spec.goal or 0))


def indexes_failed(record: JobRecord, spec: JobSpec) -> frozenset[int]:
    """The indexes that have failed for good."""
    return frozenset(index for index in parse_indexes(record.indexes_failed) if index < (spec.goal or 0))


def succeeded(record: JobRecord, spec: JobSpec) -> int:
    """How much of the goal is reached."""
    return len(indexes_done(record, spec)) if spec.indexed else record.succeeded


def _count_success(record: JobRecord, spec: JobSpec, state: PodState) -> JobRecord:
    record = replace(record, failures_in_row=0)
    if not spec.indexed:
        return replace(record, succeeded=record.succeeded + 1)
    index, done = index_of_pod(state), parse_indexes(record.indexes_done)
    if index is None or index in done:
        return record
    return replace(record, succeeded=len(done) + 1, indexes_done=render_indexes((*done, index)))


def _count_failure(record: JobRecord, spec: JobSpec, state: PodState, judgement: Judgement, at: float) -> JobRecord:
    # What is ignored is waited after all the same: a pod that fails at once must not be made at full speed.
    record = replace(record, failures_in_row=record.failures_in_row + 1, last_failure_at=at)
    index = index_of_pod(state)
    if spec.backoff_limit_per_index is not None and index is not None:
        record = _count_failure_of_index(record, spec.backoff_limit_per_index, index, at, judgement)
    return record if judgement.action is FailureAction.IGNORE else replace(record, failed=record.failed + 1)


def _count_failure_of_index(record: JobRecord, limit: int, index: int, at: float, judgement: Judgement) -> JobRecord:
    """An index fails with one failure more than its limit, or at once when a rule says so."""
    before = record.failures.get(str(index), IndexFailures(0, at))
    ignored = judgement.action is FailureAction.IGNORE
    count = before.count + (not ignored)
    known = IndexFailures(count, at, before.ignored + ignored)
    record = replace(record, failures={**record.failures, str(index): known})
    if count <= limit and judgement.action is not FailureAction.FAIL_INDEX:
        return record
    failed = {*parse_indexes(record.indexes_failed), index} - parse_indexes(record.indexes_done)
    return replace(record, indexes_failed=render_indexes(failed))


def _uids(states: Sequence[PodState]) -> list[str]:
    return [state.pod.identity.uid for state in states]
