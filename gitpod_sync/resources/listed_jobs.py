"""Jobs and CronJobs as `get` lists them, in kubectl's columns. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.controllers.job.counting import succeeded
from gitpod_sync.model.base.labels import CONTROLLER_UID
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.job_records import CronJobRecord, JobRecord, ScheduledJob
from gitpod_sync.model.records.job_records import JobConditionType as Type
from gitpod_sync.model.workloads.jobs import CronJob, Job
from gitpod_sync.plan.steps import Plan
from gitpod_sync.resources.columns import Cells, Row, render_age
from gitpod_sync.resources.job_objects import cron_job_object, job_object

JOB_COLUMNS: Cells = ("NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE")
CRON_JOB_COLUMNS: Cells = ("NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE")


@dataclass(frozen=True, slots=True)
class JobItem:
    """A Job, of Git or (with its `owner`) of a CronJob."""

    job: Job
    record: JobRecord
    status: WorkloadStatus
    owner: Key | None = None


@dataclass(frozen=True, slots=True)
class CronJobItem:
    """A CronJob and the Jobs of it that are not over."""

    cron: CronJob
    record: CronJobRecord
    active: tuple[ScheduledJob, ...]


def list_jobs(plan: Plan, desired: Desired) -> Iterator[JobItem]:
    """By namespace and name, without those whose time to live is over."""
    owners = {
        Key("Job", decision.workload.namespace, each.name): decision.workload
        for decision in plan.decisions
        if isinstance(decision.record, CronJobRecord)
        for each in decision.record.jobs
    }
    for decision in plan.decisions:
        key = decision.workload
        job = desired.workloads.get(key) or plan.derived.get(key)
        if isinstance(job, Job) and isinstance(decision.record, JobRecord) and not decision.record.swept:
            yield JobItem(job, decision.record, decision.status, owners.get(key))


def list_cron_jobs(plan: Plan, desired: Desired) -> Iterator[CronJobItem]:
    """By namespace and name."""
    over = {
        decision.workload.name
        for decision in plan.decisions
        if isinstance(decision.record, JobRecord) and decision.record.end
    }
    for decision in plan.decisions:
        cron = desired.cron_jobs.get(decision.workload)
        if cron is not None and isinstance(decision.record, CronJobRecord):
            active = tuple(each for each in decision.record.jobs if each.name not in over)
            yield CronJobItem(cron, decision.record, active)


def job_row(item: JobItem, now: float) -> Row:
    """A Job."""
    key, record, template = item.job.key, item.record, item.job.spec.template
    cells = (render_status(record), render_completions(item), render_duration(record, now))
    wide = (*_contents(template), _selector(item))
    return Row(key.namespace, key.name, (*cells, render_age(record.created_at, now)), wide, job_object(item))


def cron_job_row(item: CronJobItem, now: float) -> Row:
    """A CronJob."""
    key, spec, record = item.cron.key, item.cron.spec, item.record
    cells = (
        spec.schedule,
        spec.time_zone or "<none>",
        str(spec.suspend),
        str(len(item.active)),
        render_age(record.last_run_at, now),
        render_age(record.created_at, now),
    )
    wide = (*_contents(spec.job_template.spec.template), "<none>")
    return Row(key.namespace, key.name, cells, wide, cron_job_object(item))


def render_status(record: JobRecord) -> str:
    """The condition that tells most, as kubectl chooses."""
    if record.doubtful:
        return "Unknown"
    for kind in (Type.COMPLETE, Type.FAILED, Type.SUSPENDED, Type.FAILURE_TARGET, Type.SUCCESS_CRITERIA_MET):
        if record.condition(kind):
            return kind.value
    return "Running"


def render_completions(item: JobItem) -> str:
    """`2/3`, or `0/1 of 4` for a work queue of four at once."""
    spec, reached = item.job.spec, succeeded(item.record, item.job.spec)
    if spec.goal is not None:
        return f"{reached}/{spec.goal}"
    return f"{reached}/1 of {spec.width}" if spec.width > 1 else f"{reached}/1"


def render_duration(record: JobRecord, now: float) -> str:
    """How long it took, or has taken so far; "" before its start."""
    if record.started_at is None:
        return ""
    return render_age(record.started_at, record.end.since if record.end else now)


def _contents(template: PodTemplate) -> tuple[str, str]:
    containers = template.spec.containers
    return ",".join(each.name for each in containers), ",".join(each.image for each in containers)


def _selector(item: JobItem) -> str:
    written = item.job.spec.selector
    labels = written.match_labels if written else {CONTROLLER_UID: item.record.uid}
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "<none>"
