"""What everybody may look at: a pass, or the dry run of one, as a value that nobody changes any more."""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.model.records.records import Record
from gitpod_sync.plan.steps import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Enough to show every object as Kubernetes would, from any thread, without the engine and without a dry run."""

    desired: Desired
    """What Git asks for, with the identities of the objects in force."""
    observed: Observed
    """What the engine showed."""
    records: Mapping[Key, Record]
    """What was remembered of workloads before, by workload; what is remembered from now on stands in the decisions."""
    plan: Plan
    """What there is of each object, what is done about the rest, and what that waits for."""
    at: float
    """When it was decided, in seconds since the epoch."""

    @property
    def identities(self) -> Mapping[Key, ObjectIdentity]:
        """Who the objects are. A Job has the uid that its pods were made with, also where a CronJob made it."""
        known = self.desired.identities
        jobs = {}
        for decision in self.plan.decisions:
            key, record = decision.workload, decision.record
            if isinstance(record, JobRecord):
                generation = known[key].generation if key in known else 1
                jobs[key] = ObjectIdentity(uid=record.uid, created_at=record.created_at, generation=generation, spec="")
        return {**known, **jobs}
