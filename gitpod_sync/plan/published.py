"""What everybody may look at: a pass, or the dry run of one, as a value that nobody changes any more."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.plan.steps import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Enough to show every object as Kubernetes would, without the engine and without another dry run."""

    desired: Desired
    """What Git asks for."""
    plan: Plan
    """What there is of it, what is done about the rest, and what that waits for."""
    identities: Mapping[Key, ObjectIdentity] = field(default_factory=dict)
    """Who the objects in force are, and the Jobs that CronJobs made, as far as that was written down."""


def publish(desired: Desired, plan: Plan) -> Published:
    """The plan for what is in force. A Job has the uid that its pods were made with."""
    return Published(desired=desired, plan=plan, identities={**desired.identities, **_jobs(plan, desired.identities)})


def _jobs(plan: Plan, identities: Mapping[Key, ObjectIdentity]) -> Mapping[Key, ObjectIdentity]:
    found = {}
    for decision in plan.decisions:
        key, record = decision.workload, decision.record
        if isinstance(record, JobRecord):
            generation = identities[key].generation if key in identities else 1
            found[key] = ObjectIdentity(uid=record.uid, created_at=record.created_at, generation=generation, spec="")
    return found
