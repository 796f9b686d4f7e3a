"""The Jobs and CronJobs that there are, before they are made into columns or JSON. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.job_records import CronJobRecord, JobRecord, ScheduledJob
from gitpod_sync.model.workloads.jobs import CronJob, Job
from gitpod_sync.plan.published import Published


@dataclass(frozen=True, slots=True)
class JobItem:
    """A Job, of Git or (with its `owner`) of a CronJob."""

    job: Job
    record: JobRecord
    status: WorkloadStatus
    owner: Key | None = None


@dataclass(frozen=True, slots=True)
class CronJobItem:
    """A CronJob and its Jobs that are not over."""

    cron: CronJob
    record: CronJobRecord
    active: tuple[ScheduledJob, ...]


def list_jobs(published: Published) -> Iterator[JobItem]:
    """Jobs by namespace and name; Jobs whose time to live is over are left out."""
    plan, desired = published.plan, published.desired
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


def list_cron_jobs(published: Published) -> Iterator[CronJobItem]:
    """CronJobs by namespace and name."""
    over = {
        decision.workload.name
        for decision in published.plan.decisions
        if isinstance(decision.record, JobRecord) and decision.record.end
    }
    for decision in published.plan.decisions:
        cron = published.desired.cron_jobs.get(decision.workload)
        if cron is not None and isinstance(decision.record, CronJobRecord):
            active = tuple(each for each in decision.record.jobs if each.name not in over)
            yield CronJobItem(cron, decision.record, active)
