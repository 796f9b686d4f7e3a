"""Jobs that a person has asked of a CronJob, out of its time and whether it is suspended or not.

Kubernetes: `kubectl create job NAME --from=cronjob/X`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gitpod_sync.model.base.labels import INSTANTIATED
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.job_records import CronJobRecord, ScheduledJob
from gitpod_sync.model.workloads.jobs import CronJob


@dataclass(frozen=True, slots=True)
class Asked:
    """The Jobs to begin, the orders that are done with by that, and what is to be said."""

    jobs: tuple[ScheduledJob, ...] = ()
    done: tuple[Intervention, ...] = ()
    events: tuple[Event, ...] = ()


def compute_asked(
    cron: CronJob, record: CronJobRecord, interventions: Sequence[Intervention], taken: Collection[str]
) -> Asked:
    """Jobs that people have ordered and that can begin, and the interventions that are done with by that.

    `taken` are names of Jobs that are not the CronJob's own. An intervention whose Job is known was carried out before
    a crash kept it from being withdrawn.
    """
    asked = tuple(intervention for intervention in interventions if intervention.verb is Verb.RUN)
    if not asked:
        return Asked()
    metadata = cron.spec.job_template.metadata
    known = {each.name for each in record.jobs}
    refused = [intervention.argument for intervention in asked if intervention.argument in taken]
    jobs = tuple(
        ScheduledJob(
            intervention.argument, intervention.at, metadata.labels, {**metadata.annotations, INSTANTIATED: "manual"}
        )
        for intervention in asked
        if intervention.argument not in known and intervention.argument not in taken
    )
    events = (
        *(Event(cron.key, "SuccessfulCreate", f"Created job {each.name}, as ordered") for each in jobs),
        *(
            Event(cron.key, "FailedCreate", f"There is a Job {name} already; it is not made", EventType.WARNING)
            for name in refused
        ),
    )
    return Asked(jobs, asked, events)
