"""The record with which a Job goes into a pass: a new one, or the one that was kept, with its times put right."""

from dataclasses import replace

from gitpod_sync.controllers.job.template import job_uid_of
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.pods.hashing import uid_from
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.model.workloads.jobs import Job


def begin_job(job: Job, view: WorkloadView) -> tuple[JobRecord, tuple[Event, ...]]:
    """The first record of a Job, and the events about it.

    When the memory of the instance is lost, pods show how far their Job has come. A Job without pods may have run to
    its end before: an event says so, and the Job is left alone rather than run twice.
    """
    uid = uid_from(f"{job.key}/{view.nonce}")
    if not view.forgotten:
        return JobRecord(uid, view.now, job.spec), ()
    made = {
        job_uid_of(state.pod.identity.template): state.pod.sandbox.created_at
        for state in sorted(view.pods, key=lambda state: state.pod.sandbox.created_at if state.pod.sandbox else 0.0)
        if state.pod.sandbox and not state.pod.ending
    }
    found = max(made, key=lambda each: made[each], default="")
    if found:
        message = f"What was remembered of it is lost; {len(view.pods)} pods tell how far it has come"
        started = min(state.pod.sandbox.created_at for state in view.pods if state.pod.sandbox)
        record = JobRecord(found, started, job.spec, None if job.spec.suspend else started)
        return record, (Event(job.key, "RecordLost", message, EventType.WARNING),)
    message = "What was remembered is lost, and no pod tells whether it has run: it is not run (again)"
    lost = Event(job.key, "RecordLost", message, EventType.WARNING)
    return JobRecord(uid, view.now, job.spec, doubtful=True), (lost,)


def put_right(record: JobRecord, now: float) -> JobRecord:
    """The same record, or one without times that lie ahead, which were taken before the clock was set back.

    What seems to come yet is taken to have happened now, and pauses and deadlines count from here. Else a pause of ten
    seconds would last as long as the clock was set back.
    """
    times = [record.started_at, record.last_failure_at, *(each.at for each in record.failures.values())]
    times += [each.since for each in record.conditions]
    if not any(at is not None and lies_ahead(at, now) for at in times):
        return record
    return replace(
        record,
        started_at=_by_now(record.started_at, now),
        last_failure_at=_by_now(record.last_failure_at, now),
        failures={index: replace(each, at=min(each.at, now)) for index, each in record.failures.items()},
        conditions=tuple(replace(each, since=min(each.since, now)) for each in record.conditions),
    )


def _by_now(at: float | None, now: float) -> float | None:
    return None if at is None else min(at, now)
