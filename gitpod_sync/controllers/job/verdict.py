"""Whether a Job is at its end, and how.

Source of the rules, the reasons and their order: Kubernetes, "Jobs", handling failures and termination; batch/v1,
JobCondition.
"""

from collections.abc import Iterator

from gitpod_sync.controllers.job.counting import indexes_done, indexes_failed, succeeded
from gitpod_sync.controllers.job.pods import JobPods
from gitpod_sync.controllers.job.policies import Judgement, rule_met
from gitpod_sync.model.pods.pod import RestartPolicy
from gitpod_sync.model.records.job_records import JobCondition, JobRecord
from gitpod_sync.model.records.job_records import JobConditionType as Type
from gitpod_sync.model.workloads.jobs import JobSpec


def compute_target(
    record: JobRecord, spec: JobSpec, pods: JobPods, fatal: Judgement | None, now: float
) -> JobCondition | None:
    """How the Job will end, if that is settled by now."""
    for reason, message in _failures(record, spec, pods, fatal, now):
        return JobCondition(Type.FAILURE_TARGET, now, reason, message)
    for reason, message in _successes(record, spec, pods):
        return JobCondition(Type.SUCCESS_CRITERIA_MET, now, reason, message)
    return None


def deadline_of(record: JobRecord, spec: JobSpec) -> float | None:
    """When the Job fails for having taken too long; a suspended one takes no time."""
    if spec.active_deadline_seconds is None or record.started_at is None or spec.suspend:
        return None
    return record.started_at + spec.active_deadline_seconds


def _failures(
    record: JobRecord, spec: JobSpec, pods: JobPods, fatal: Judgement | None, now: float
) -> Iterator[tuple[str, str]]:
    if fatal is not None:
        yield "PodFailurePolicy", fatal.why
    if record.failed > spec.failures_borne or _restarted_too_often(spec, pods):
        yield "BackoffLimitExceeded", "Job has reached the specified backoff limit"
    deadline = deadline_of(record, spec)
    if deadline is not None and deadline <= now:
        yield "DeadlineExceeded", "Job was active longer than specified deadline"
    failed = indexes_failed(record, spec)
    if spec.max_failed_indexes is not None and len(failed) > spec.max_failed_indexes:
        yield "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes"
    if failed and len(failed | indexes_done(record, spec)) >= (spec.goal or 0):
        yield "FailedIndexes", "Job has failed indexes"


def _restarted_too_often(spec: JobSpec, pods: JobPods) -> bool:
    """Under OnFailure containers fail within their pods: with a limit of 2 the second restart is one too many."""
    if spec.template.spec.restart_policy is not RestartPolicy.ON_FAILURE:
        return False
    restarts = sum(state.restarts for state in pods.active)
    return restarts >= max(1, spec.failures_borne)


def _successes(record: JobRecord, spec: JobSpec, pods: JobPods) -> Iterator[tuple[str, str]]:
    met = rule_met(spec.success_policy, indexes_done(record, spec)) if spec.success_policy else None
    if met is not None:
        yield "SuccessPolicy", f"Matched rules at index {met}"
    if pods.active:
        return
    reached = succeeded(record, spec)
    if (reached > 0) if spec.goal is None else (reached >= spec.goal):
        yield "CompletionsReached", "Reached expected number of succeeded pods"
