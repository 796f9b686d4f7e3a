"""CronJob: a Job for each time of a schedule, none twice; of missed times only the last.

Source of the rules: Kubernetes, "CronJob": concurrency policy, deadline for delayed Job start, schedule suspension,
Jobs history limits. The times that were dealt with are recorded before a pod is made for one of them.

A worked example, every five minutes, with a Job of 10:00 that takes twelve. Allow: the Jobs of 10:05 and 10:10 begin
beside it. Replace: it is taken away at 10:05. Forbid: the time 10:05 waits, and gives way to 10:10; at 10:12, when the
Job is over, the one of 10:10 begins, and none for 10:05. A starting deadline of 60 s would make that one missed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from gitpod_sync.controllers.cron_job.interventions import compute_asked
from gitpod_sync.controllers.decision import Decision, WorkloadStatus
from gitpod_sync.model.base.labels import SCHEDULED_AT
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.job_records import CronJobRecord, JobRecord, ScheduledJob
from gitpod_sync.model.workloads.jobs import ConcurrencyPolicy, CronJob, Job
from gitpod_sync.model.workloads.local_time import is_known_zone, render_rfc3339
from gitpod_sync.model.workloads.schedule import latest_time, next_time

CLOCK_ASTRAY = 86_400.0
"""Seconds by which the clock has to fall behind what it showed before that was surely wrong. Less is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CronView:
    """Everything that a CronJob is decided from."""

    record: CronJobRecord | None
    """Of an earlier decision; None when nothing is remembered."""
    jobs: Mapping[str, JobRecord]
    """Records of its Jobs by name, as they were decided just now."""
    before: Mapping[str, JobRecord]
    """The same records as they were before that; events tell the difference."""
    taken: Collection[str]
    """Names of Jobs that are not its own."""
    now: float
    """In seconds since the epoch."""
    interventions: Sequence[Intervention] = ()
    """What people have ordered about it."""


@dataclass(frozen=True, slots=True)
class CronDecision:
    """`started` are the Jobs that are new. `dropped` says of its Jobs that should go, by name, why."""

    decision: Decision
    record: CronJobRecord
    started: tuple[ScheduledJob, ...]
    dropped: Mapping[str, str]


def decide_cron_job(cron: CronJob, view: CronView) -> CronDecision:
    """Let go of Jobs that are over, and begin the next one if its time has come."""
    record = _followed(cron, view)
    events = list(_endings(cron, record, view))
    record = replace(record, last_success_at=_last_success(record, view))
    dropped = _superfluous(cron, record, view)
    due = None if cron.spec.suspend else _due(cron, record, view.now)
    started = None
    if due is not None:
        record, started, replaced, said = _start(cron, record, view, due)
        dropped |= replaced
        events += said
    events += [
        Event(cron.key, "SuccessfulDelete", f"Deleted job {name}") for name in sorted(dropped) if name in view.jobs
    ]
    asked = compute_asked(cron, record, view.interventions, view.taken)
    new = (*asked.jobs, *((started,) if started else ()))
    kept = tuple(each for each in record.jobs if each.name not in dropped)
    record = replace(record, jobs=(*kept, *new))
    active = sum(_is_active(each, view) for each in kept) + len(new)
    status = WorkloadStatus(desired=0, current=active, updated=active, ready=0, available=0, complete=True)
    coming = None if cron.spec.suspend else _next(cron, view.now)
    told = (*events, *asked.events)
    decision = Decision(workload=cron.key, status=status, wake_at=coming, record=record, done=asked.done, events=told)
    return CronDecision(decision, record, new, dropped)


def compute_job(cron: CronJob, scheduled: ScheduledJob, record: JobRecord | None) -> Job:
    """The Job for one time, with the spec that it was begun with, whatever the CronJob asks for by now."""
    spec = record.spec if record and record.spec else cron.spec.job_template.spec
    namespace = cron.metadata.namespace
    return Job(ObjectMeta(scheduled.name, namespace, scheduled.labels, scheduled.annotations), spec)


def _followed(cron: CronJob, view: CronView) -> CronJobRecord:
    """The record up to date; a clock that was surely wrong is not followed into its future."""
    record = view.record or CronJobRecord(view.now, view.now)
    if record.followed_until - view.now > CLOCK_ASTRAY:
        record = replace(record, followed_until=view.now)
    if record.spec and (record.spec.schedule, record.spec.zone) != (cron.spec.schedule, cron.spec.zone):
        # What a new schedule would have asked for before it was in force has not been missed.
        record = replace(record, followed_until=max(record.followed_until, view.now))
    jobs = tuple(each for each in record.jobs if not _is_gone(each, view))
    if record.spec == cron.spec and jobs == record.jobs:
        return record
    return replace(record, spec=cron.spec, jobs=jobs)


def _is_gone(scheduled: ScheduledJob, view: CronView) -> bool:
    """Whether the Job's time to live is over."""
    job = view.jobs.get(scheduled.name)
    return job is not None and job.swept


def _is_active(scheduled: ScheduledJob, view: CronView) -> bool:
    job = view.jobs.get(scheduled.name)
    return job is None or job.end is None


def _endings(cron: CronJob, record: CronJobRecord, view: CronView) -> Iterator[Event]:
    for each in record.jobs:
        job, earlier = view.jobs.get(each.name), view.before.get(each.name)
        if job and job.end and not (earlier and earlier.end):
            message = f"Saw completed job: {each.name}, condition: {job.end.type}"
            yield Event(cron.key, "SawCompletedJob", message)


def _last_success(record: CronJobRecord, view: CronView) -> float | None:
    ends = [job.end.since for job in view.jobs.values() if job.has_succeeded and job.end]
    return max([*ends, *([] if record.last_success_at is None else [record.last_success_at])], default=None)


def _superfluous(cron: CronJob, record: CronJobRecord, view: CronView) -> dict[str, str]:
    """Jobs beyond the history limits, the oldest first, with the reason."""
    over = [(each, view.jobs[each.name]) for each in record.jobs if not _is_active(each, view)]
    dropped = {}
    for succeeded, limit, words in (
        (True, cron.spec.successful_jobs_history_limit, "successful"),
        (False, cron.spec.failed_jobs_history_limit, "failed"),
    ):
        names = [each.name for each, job in over if job.has_succeeded is succeeded]
        for name in names[: max(0, len(names) - limit)]:
            dropped[name] = f"{cron.key} keeps {limit} {words} Jobs"
    return dropped


def _due(cron: CronJob, record: CronJobRecord, now: float) -> float | None:
    """The last time that has come and was not dealt with."""
    spec = cron.spec
    if not is_known_zone(spec.zone) or record.followed_until >= now:
        return None
    return latest_time(spec.schedule, spec.zone, record.followed_until, now)


def _next(cron: CronJob, now: float) -> float | None:
    spec = cron.spec
    return next_time(spec.schedule, spec.zone, now) if is_known_zone(spec.zone) else None


def _start(
    cron: CronJob, record: CronJobRecord, view: CronView, due: float
) -> tuple[CronJobRecord, ScheduledJob | None, dict[str, str], list[Event]]:
    """The new record, the Job that begins now (if any), the Jobs that make room for it, and events."""
    spec = cron.spec
    scheduled = _scheduled(cron, due)
    # Whatever becomes of the time, `followed_until` passes it, and it never comes up again; only a wait leaves it due.
    if spec.starting_deadline_seconds is not None and due + spec.starting_deadline_seconds < view.now:
        message = f"Missed scheduled time to start a job: {render_rfc3339(due, spec.zone)}"
        missed = Event(cron.key, "MissSchedule", message, EventType.WARNING)
        return replace(record, followed_until=due, blocked_at=None), None, {}, [missed]
    if scheduled.name in view.taken or any(each.name == scheduled.name for each in record.jobs):
        message = f"There is a Job {scheduled.name} already; this time is left out"
        refused = Event(cron.key, "FailedCreate", message, EventType.WARNING)
        return replace(record, followed_until=due, blocked_at=None), None, {}, [refused]
    active = [each for each in record.jobs if _is_active(each, view)]
    replaced: dict[str, str] = {}
    match spec.concurrency_policy:
        case ConcurrencyPolicy.FORBID if active:
            return _wait(cron, record, due)
        case ConcurrencyPolicy.REPLACE:
            replaced = {each.name: f"{scheduled.name} takes its place" for each in active}
        case ConcurrencyPolicy.ALLOW | ConcurrencyPolicy.FORBID:
            pass
        case _ as never:
            assert_never(never)
    created = Event(cron.key, "SuccessfulCreate", f"Created job {scheduled.name}")
    record = replace(record, followed_until=due, last_run_at=due, blocked_at=None)
    return record, scheduled, replaced, [created]


def _wait(
    cron: CronJob, record: CronJobRecord, due: float
) -> tuple[CronJobRecord, ScheduledJob | None, dict[str, str], list[Event]]:
    """Leave the time due until the earlier Job is over, or the deadline is; the event is raised once for each time."""
    if record.blocked_at == due:
        return record, None, {}, []
    message = "Not starting job because prior execution is running and concurrency policy is Forbid"
    return replace(record, blocked_at=due), None, {}, [Event(cron.key, "JobAlreadyActive", message)]


def _scheduled(cron: CronJob, due: float) -> ScheduledJob:
    """The Job for a time; its name ends in the minutes since the epoch."""
    metadata = cron.spec.job_template.metadata
    annotations = {**metadata.annotations, SCHEDULED_AT: render_rfc3339(due, cron.spec.zone)}
    return ScheduledJob(f"{cron.metadata.name}-{int(due) // 60}", due, metadata.labels, annotations)


def adopt(cron: CronJob, jobs: Collection[Key], now: float) -> CronJobRecord:
    """The record of a CronJob whose own is lost, as far as the Jobs that its pods belong to show it."""
    metadata = cron.spec.job_template.metadata
    head = f"{cron.metadata.name}-"
    minutes = sorted(int(key.name.removeprefix(head)) for key in jobs)
    found = tuple(ScheduledJob(f"{head}{each}", each * 60.0, metadata.labels, metadata.annotations) for each in minutes)
    return CronJobRecord(now, now, last_run_at=found[-1].scheduled_at if found else None, jobs=found)
