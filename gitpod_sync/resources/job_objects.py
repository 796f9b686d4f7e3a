"""batch/v1 Jobs and CronJobs for `get -o json|yaml`: what was asked, and a status. Pure."""

from gitpod_sync.controllers.job.counting import indexes_done, indexes_failed, succeeded
from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.base.labels import CONTROLLER_UID
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.kinds import KINDS
from gitpod_sync.model.records.job_records import JobCondition
from gitpod_sync.model.workloads.indexes import render_indexes
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.resources.job_items import CronJobItem, JobItem
from gitpod_sync.resources.written import metadata_of, object_of


def job_object(item: JobItem) -> Json:
    """A batch/v1 Job."""
    job, record = item.job, item.record
    metadata = metadata_of(job.metadata, record.created_at)
    metadata["uid"] = record.uid
    if item.owner:
        metadata["ownerReferences"] = [{"kind": item.owner.kind, "name": item.owner.name, "controller": True}]
    spec = encode(job.spec)
    if not job.spec.manual_selector:
        spec["selector"] = {"matchLabels": {CONTROLLER_UID: record.uid}}
    status: Json = {
        "active": item.status.current,
        "ready": item.status.ready,
        "succeeded": succeeded(record, job.spec),
        "failed": record.failed,
    }
    if job.spec.indexed:
        status["completedIndexes"] = render_indexes(indexes_done(record, job.spec))
        status["failedIndexes"] = render_indexes(indexes_failed(record, job.spec))
    if record.started_at is not None:
        status["startTime"] = render_rfc3339(record.started_at)
    if record.has_succeeded and record.end:
        status["completionTime"] = render_rfc3339(record.end.since)
    status["conditions"] = [_condition(each) for each in record.conditions]
    return object_of(job.key.kind, metadata, spec, status)


def cron_job_object(item: CronJobItem) -> Json:
    """A batch/v1 CronJob."""
    cron, record = item.cron, item.record
    active = [_reference(Key("Job", cron.key.namespace, each.name)) for each in item.active]
    status: Json = {"active": active} if active else {}
    for name, at in (("lastScheduleTime", record.last_run_at), ("lastSuccessfulTime", record.last_success_at)):
        if at is not None:
            status[name] = render_rfc3339(at)
    return object_of(cron.key.kind, metadata_of(cron.metadata, record.created_at), encode(cron.spec), status)


def _condition(condition: JobCondition) -> Json:
    return {
        "type": condition.type.value,
        "status": str(condition.status),
        "lastTransitionTime": render_rfc3339(condition.since),
        "reason": condition.reason,
        "message": condition.message,
    }


def _reference(key: Key) -> Json:
    return {"apiVersion": KINDS[key.kind].api_version, "kind": key.kind, "namespace": key.namespace, "name": key.name}
