"""Which orders of people stand, by the workload that they are about, and which do not any more."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.pods.hashing import object_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.model.records.records import (
    DaemonSetRecord,
    DeploymentRecord,
    Record,
    StatefulSetRecord,
    kept_versions,
)

Each = Callable[[Iterable[Intervention]], Iterable[Intervention]]
"""Gives those that can be read, one after the other, as they are read."""


@dataclass(frozen=True, slots=True)
class InForce:
    """Orders that stand, by subject, each subject's sorted; and those that have expired.

    `unread` are the subjects of those of which nobody can tell whether they stand.
    """

    by_subject: Mapping[Key, tuple[Intervention, ...]] = field(default_factory=dict)
    expired: tuple[Intervention, ...] = ()
    unread: Collection[Key] = ()

    def of(self, subject: Key) -> tuple[Intervention, ...]:
        """The orders that stand about it."""
        return self.by_subject.get(subject, ())


NONE_IN_FORCE = InForce()


def sort_interventions(interventions: tuple[Intervention, ...], desired: Desired, each: Each = iter) -> InForce:
    """One about a workload falls when a commit takes the workload away, or changes it if the intervention says so."""
    if not interventions:
        return NONE_IN_FORCE
    standing: dict[Key, list[Intervention]] = defaultdict(list)
    expired, read = [], set()
    for intervention in each(sorted(interventions)):
        if _stands(intervention, desired):
            standing[intervention.subject].append(intervention)
        else:
            expired.append(intervention)
        read.add(intervention)
    unread = {intervention.subject for intervention in interventions if intervention not in read}
    return InForce({subject: tuple(found) for subject, found in standing.items()}, tuple(expired), unread)


def recalled_templates(records: Mapping[Key, Record], interventions: Iterable[Intervention]) -> Iterator[PodTemplate]:
    """Templates that Git does not ask for and that a workload may be returned to by the next decision."""
    undone = {
        intervention.subject: intervention.argument for intervention in interventions if intervention.verb is Verb.UNDO
    }
    for key, record in records.items():
        if isinstance(record, DeploymentRecord):
            yield from _recalled_revisions(record, undone.get(key, ""))
        elif isinstance(record, JobRecord) and record.spec and not record.end:
            yield record.spec.template  # the Jobs of a CronJob stay as they were begun
        elif isinstance(record, StatefulSetRecord | DaemonSetRecord):
            yield from kept_versions((record,))
            yield from (each.template for each in record.revisions if each.hash == undone.get(key))


def _recalled_revisions(record: DeploymentRecord, undone: str) -> Iterator[PodTemplate]:
    present = record.revisions[-1].hash if record.revisions else ""
    if record.good == present and record.hold is None and not undone:
        return  # it is where Git wants it
    recalled = {record.good, undone, record.hold.revision if record.hold else ""}
    yield from (each.template for each in record.revisions if each.hash in recalled)


def _stands(intervention: Intervention, desired: Desired) -> bool:
    if intervention.subject == NODE or intervention.verb is Verb.APPROVE:
        return True  # an approval is none of a plan's business, and lifted by who judges revisions
    workload = desired.workloads.get(intervention.subject) or desired.cron_jobs.get(intervention.subject)
    return workload is not None and intervention.about in {"", object_hash(workload)}
