"""Jobs and CronJobs as `get` lists them, in kubectl's columns. Pure."""

from gitpod_sync.controllers.job.counting import succeeded
from gitpod_sync.model.base.labels import CONTROLLER_UID
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.job_records import JobConditionType as Type
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.resources.columns import Cells, Row, render_age
from gitpod_sync.resources.job_items import CronJobItem, JobItem

JOB_COLUMNS: Cells = ("NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE")
CRON_JOB_COLUMNS: Cells = ("NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE")


def job_row(item: JobItem, now: float) -> Row:
    """A Job."""
    key, record, template = item.job.key, item.record, item.job.spec.template
    cells = (render_status(record), render_completions(item), render_duration(record, now))
    wide = (*_contents(template), _selector(item))
    return Row(key.namespace, key.name, (*cells, render_age(record.created_at, now)), wide)


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
    return Row(key.namespace, key.name, cells, wide)


def render_status(record: JobRecord) -> str:
    """The most telling condition, as kubectl chooses it."""
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
