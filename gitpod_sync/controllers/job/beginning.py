"""A Job of which nothing is remembered: a new one, unless the memory as a whole is lost."""

from gitpod_sync.controllers.job.template import job_uid_of
from gitpod_sync.controllers.view import WorkloadView
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
