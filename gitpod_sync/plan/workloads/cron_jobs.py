"""CronJobs and the Jobs that they have made: Git does not name these, and they are decided like any other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from gitpod_sync.controllers.cron_job.cron_job import CronView, adopt, compute_job, decide_cron_job
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.job.job import decide_job
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.job_records import CronJobRecord, JobRecord, ScheduledJob
from gitpod_sync.model.workloads.jobs import CronJob, Job
from gitpod_sync.plan.doors import Door, Doors, of_object
from gitpod_sync.plan.situation import ClusterSituation
from gitpod_sync.plan.workloads.unknown import Unknown

ViewOf = Callable[[Key], WorkloadView]


@dataclass(slots=True)
class Derived:
    """Decisions about CronJobs and their Jobs, these Jobs by key, and why others of theirs should go.

    `left_alone` are Jobs about which nothing could be decided.
    """

    decisions: list[Decision] = field(default_factory=list)
    jobs: dict[Key, Job] = field(default_factory=dict)
    left_alone: set[Key] = field(default_factory=set)
    dropped: dict[Key, str] = field(default_factory=dict)


def decide_cron_jobs(
    situation: ClusterSituation,
    view_of: ViewOf,
    owners: Mapping[Key, object],
    unknown: Mapping[Key, Unknown],
    doors: Doors,
) -> Derived:
    """`owners` are the workloads that pods on the engine say they belong to."""
    derived = Derived()

    def decide(cron: CronJob) -> None:
        record = _record(cron, view_of(cron.key), owners, situation)
        _decide(cron, record, situation, view_of, derived)

    def leave(cron: CronJob, why: Unknown) -> None:
        derived.decisions.append(why.leave(cron.key, None))
        derived.left_alone |= {owner for owner in (*owners, *unknown) if _may_be_made_by(cron, owner)}
        record = situation.remembered.records.get(cron.key)
        derived.left_alone |= {_key(cron, each) for each in record.jobs} if isinstance(record, CronJobRecord) else set()

    def leave_undecided(cron: CronJob, message: str) -> None:
        leave(cron, Unknown(message, doors.is_fresh(Door.DECIDE, of_object(cron.key))))

    for key, cron in sorted(situation.desired.cron_jobs.items()):
        whys = [why for owner, why in unknown.items() if owner == key or _may_be_made_by(cron, owner)]
        if whys:
            leave(cron, whys[0])
        else:
            doors.go(Door.DECIDE, of_object(key), partial(decide, cron), partial(leave_undecided, cron))
    return derived


def _decide(
    cron: CronJob, record: CronJobRecord | None, situation: ClusterSituation, view_of: ViewOf, derived: Derived
) -> None:
    """The Jobs first: whether one is over decides whether the next may begin."""
    known: dict[str, tuple[Job, Decision]] = {}
    before: dict[str, JobRecord] = {}
    for each in record.jobs if record else ():
        seen = view_of(_key(cron, each))
        earlier = seen.record if isinstance(seen.record, JobRecord) else None
        before |= {each.name: earlier} if earlier else {}
        job = compute_job(cron, each, earlier)
        known[each.name] = (job, decide_job(job, seen))
    jobs = {name: found.record for name, (_, found) in known.items() if isinstance(found.record, JobRecord)}
    foreign = frozenset(_foreign(cron, known, situation))
    view = CronView(
        record=record,
        jobs=jobs,
        before=before,
        taken=foreign,
        now=situation.now,
        interventions=view_of(cron.key).interventions,
    )
    decided = decide_cron_job(cron, view)
    for started in decided.started:
        job = compute_job(cron, started, None)
        # The memory may be lost, yet this Job is new for sure.
        known[job.metadata.name] = (job, decide_job(job, replace(view_of(job.key), forgotten=False)))
    derived.decisions.append(decided.decision)
    kept = {each.name for each in decided.record.jobs}
    for name, (job, decision) in sorted(known.items()):
        if name in kept:
            derived.jobs[job.key] = job
            derived.decisions.append(replace(decision, status=replace(decision.status, complete=True, failed="")))
        else:
            derived.dropped[job.key] = decided.dropped.get(name, "its time to live is over")


def _record(
    cron: CronJob, view: WorkloadView, owners: Mapping[Key, object], situation: ClusterSituation
) -> CronJobRecord | None:
    if isinstance(view.record, CronJobRecord):
        return view.record
    if not view.forgotten:
        return None
    found = [owner for owner in owners if _may_be_made_by(cron, owner) and owner not in situation.desired.workloads]
    return adopt(cron, found, situation.now)


def _may_be_made_by(cron: CronJob, owner: Key) -> bool:
    head = f"{cron.metadata.name}-"
    own = (owner.kind, owner.namespace) == ("Job", cron.metadata.namespace)
    return own and owner.name.startswith(head) and owner.name.removeprefix(head).isdecimal()


def _foreign(cron: CronJob, known: Mapping[str, object], situation: ClusterSituation) -> Iterator[str]:
    """Names of Jobs in its namespace that are not its own."""
    for key in situation.desired.workloads:
        if (key.kind, key.namespace) == ("Job", cron.metadata.namespace) and key.name not in known:
            yield key.name


def _key(cron: CronJob, scheduled: ScheduledJob) -> Key:
    return Key("Job", cron.metadata.namespace, scheduled.name)
