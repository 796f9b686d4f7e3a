"""How Jobs and CronJobs differ from what Git asks: held against the specs by which they were decided last."""

from collections.abc import Iterator

from gitpod_sync.controllers.crowds import count_asked
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.model.base.codec import encode
from gitpod_sync.model.records.job_records import CronJobRecord, JobRecord
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.workloads.jobs import CronJob, Job
from gitpod_sync.plan.report.field_changes import ChangeKind, FieldChange, ObjectChange, compute_field_changes


def job_changes(job: Job, decision: Decision, record: Record | None) -> Iterator[ObjectChange]:
    """One that has not begun is made; one that is over stays as it was, and what differs is only told."""
    if not isinstance(record, JobRecord):
        yield ObjectChange(job.key, ChangeKind.CREATE)
        return
    old = record.spec
    differs = old is not None and old != job.spec
    fields = tuple(compute_field_changes(encode(old), encode(job.spec), "spec")) if differs else ()
    if record.end is not None:
        if fields:
            why = "it is over and does not run again: give it another name to run what is new"
            yield ObjectChange(job.key, ChangeKind.NOTE, fields, why)
        return
    active = decision.status.current
    going = sum(1 for each in decision.end if each.pod.identity.uid not in record.counted)
    after = max(0, active + count_asked(decision.create) - going)
    counts = (FieldChange("status.active", active, after),) if after != active else ()
    if fields or counts:
        yield ObjectChange(job.key, ChangeKind.UPDATE, (*fields, *counts))


def cron_job_changes(cron: CronJob, record: Record | None) -> Iterator[ObjectChange]:
    """A schedule shows on no engine."""
    if not isinstance(record, CronJobRecord):
        yield ObjectChange(cron.key, ChangeKind.CREATE)
    elif record.spec is not None and record.spec != cron.spec:
        fields = tuple(compute_field_changes(encode(record.spec), encode(cron.spec), "spec"))
        yield ObjectChange(cron.key, ChangeKind.UPDATE, fields)
