"""Job: pods until so many have succeeded, or one too many has failed; then it stays as it ended.

Kubernetes finds that out from the pods that are there. Here they may be taken away by anybody who tidies up the
engine, so that what they have come to is recorded first: a Job that is over does not begin again for want of pods.
"""

from dataclasses import replace

from gitpod_sync.controllers.decision import Decision, EndPod, WorkloadStatus
from gitpod_sync.controllers.job.counting import count_ended
from gitpod_sync.controllers.job.events import condition_events
from gitpod_sync.controllers.job.pods import JobPods, sort_pods
from gitpod_sync.controllers.job.record import begin_job, put_right
from gitpod_sync.controllers.job.replacement import Replacement, compute_replacement
from gitpod_sync.controllers.job.verdict import compute_target, deadline_of
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.records.job_records import JobCondition, JobRecord
from gitpod_sync.model.records.job_records import JobConditionType as Type
from gitpod_sync.model.workloads.jobs import Job, JobSpec

DOUBTFUL = (
    "what was remembered is lost, and no pod tells whether it has run; to run it, give it another name, or delete it "
    "in one commit and add it in the next"
)


def decide_job(job: Job, view: WorkloadView) -> Decision:
    """Count what has ended, see whether that settles it, and else keep it going."""
    known = view.record if isinstance(view.record, JobRecord) else None
    begun, events = (put_right(known, view.now), ()) if known else begin_job(job, view)
    record = replace(begun, spec=job.spec) if begun.spec != job.spec else begun
    pods = sort_pods(view.pods, record)
    if record.doubtful:
        return Decision(
            workload=job.key, status=_status(pods, Replacement(0), failed=DOUBTFUL), record=record, events=events
        )
    if record.end:
        return _rest(job, record, pods, view.now)
    record, fatal = count_ended(record, job.spec, pods, view.now)
    pods = sort_pods(view.pods, record)
    record = _suspend(record, job.spec, view.now)
    if record.target is None:
        target = compute_target(record, job.spec, pods, fatal, view.now)
        record = _with(record, target) if target else record
    if record.target is not None:
        decision = _finish(job, record, pods, view)
    elif job.spec.suspend:
        decision = _stand(job, record, pods)
    else:
        decision = _go_on(job, record, pods, view)
    return replace(decision, events=(*events, *condition_events(job.key, begun, decision.record)))


def _go_on(job: Job, record: JobRecord, pods: JobPods, view: WorkloadView) -> Decision:
    step = compute_replacement(job, record, pods, view)
    wakes = [at for at in (step.wake_at, deadline_of(record, job.spec)) if at is not None]
    end = (*step.end, *_end_useless(pods))
    return Decision(
        workload=job.key,
        status=_status(pods, step),
        create=step.create,
        end=end,
        wake_at=min(wakes, default=None),
        record=record,
    )


def _stand(job: Job, record: JobRecord, pods: JobPods) -> Decision:
    """A suspended Job: nothing of it runs, which is what Git asks for, so nobody has to wait for it."""
    end = (*(EndPod(state.pod, "the Job is suspended") for state in pods.active), *_end_useless(pods))
    return Decision(
        workload=job.key, status=_status(pods, Replacement(0), complete=not pods.active), end=end, record=record
    )


def _finish(job: Job, record: JobRecord, pods: JobPods, view: WorkloadView) -> Decision:
    """Bring a Job whose outcome is settled to its end: the last pods go first."""
    target = record.target
    if target is None or pods.active or pods.ending or pods.lost or view.orphaned:
        cause = f"{target.reason}: {target.message}" if target else ""
        end = (*(EndPod(state.pod, cause) for state in pods.active), *_end_useless(pods))
        failed = cause if target and target.type is Type.FAILURE_TARGET else ""
        return Decision(workload=job.key, status=_status(pods, Replacement(0), failed=failed), end=end, record=record)
    kind = Type.COMPLETE if target.type is Type.SUCCESS_CRITERIA_MET else Type.FAILED
    return _rest(job, _with(record, replace(target, type=kind, since=view.now)), pods, view.now)


def _rest(job: Job, record: JobRecord, pods: JobPods, now: float) -> Decision:
    """A Job that is over: its pods stay for their logs until its time to live is over as well.

    An end at 10:00, ttlSecondsAfterFinished 3600: until 11:00 nothing happens, unless somebody starts a container of
    the Job again (its pod is ended) or removes one (its pod is no use any more, and goes). At 11:00 the other pods go.
    The record, now `swept`, stays as the memory that the Job has run: Git may ask for it for years.
    """
    over = record.end
    ttl = job.spec.ttl_seconds_after_finished
    expires = over.since + ttl if over and ttl is not None else None
    # Nothing that is at work now, or has ended uncounted, can change the outcome any more.
    end = [EndPod(each.pod, "the Job is over") for each in (*pods.active, *pods.ended) if not each.pod.ending]
    end += _end_useless(pods)
    if record.swept or (expires is not None and expires <= now):
        record = record if record.swept else replace(record, swept=True)
        end += [EndPod(state.pod, "the Job is over, and its time to live as well") for state in pods.counted]
        expires = None
    elif set(record.counted) - {state.pod.identity.uid for state in (*pods.counted, *pods.ending)}:
        # Somebody removed pods. Their UIDs never come back, so they need not be known any longer.
        record = replace(record, counted=tuple(sorted(state.pod.identity.uid for state in pods.counted)))
    succeeded = record.has_succeeded
    failed = "" if succeeded or over is None else f"{over.reason}: {over.message}"
    status = _status(pods, Replacement(0), complete=succeeded, failed=failed)
    # A pod may be in two of these lists, as ended and as lost, say: the later cause says more about it.
    ends = {each.pod.identity.uid: each for each in end}
    return Decision(
        workload=job.key, status=status, end=tuple(ends[uid] for uid in sorted(ends)), wake_at=expires, record=record
    )


def _suspend(record: JobRecord, spec: JobSpec, now: float) -> JobRecord:
    """The record with the condition Suspended kept up to date; the deadline counts from the start or resumption."""
    suspended = next((each for each in record.conditions if each.type is Type.SUSPENDED), None)
    if spec.suspend and not (suspended and suspended.status):
        return _with(record, JobCondition(Type.SUSPENDED, now, "JobSuspended", "Job suspended"))
    if not spec.suspend and suspended and suspended.status:
        resumed = JobCondition(Type.SUSPENDED, now, "JobResumed", "Job resumed", status=False)
        return replace(_with(record, resumed), started_at=now)
    return replace(record, started_at=now) if record.started_at is None and not spec.suspend else record


def _with(record: JobRecord, condition: JobCondition) -> JobRecord:
    others = (each for each in record.conditions if each.type is not condition.type)
    return replace(record, conditions=(*others, condition))


def _end_useless(pods: JobPods) -> list[EndPod]:
    """Pods of no use to anybody: of an earlier Job, lost, or with nothing left to read."""
    lost = [EndPod(state.pod, state.lost) for state in pods.lost]
    spent = [EndPod(state.pod, "it has been counted, and somebody removed its containers") for state in pods.spent]
    strangers = [
        EndPod(state.pod, "it was made for an earlier Job of this name")
        for state in pods.strangers
        if not state.pod.ending
    ]
    return [*lost, *spent, *strangers]


def _status(pods: JobPods, step: Replacement, *, complete: bool = False, failed: str = "") -> WorkloadStatus:
    active, ready = len(pods.active), sum(state.ready for state in pods.active)
    return WorkloadStatus(
        desired=step.wanted,
        current=active,
        updated=active,
        ready=ready,
        available=ready,
        complete=complete,
        failed=failed,
    )
