"""Events about a Job whose conditions change, in the words of Kubernetes' Job controller."""

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.job_records import JobCondition, JobRecord
from gitpod_sync.model.records.job_records import JobConditionType as Type


def condition_events(job: Key, before: JobRecord, after: object) -> tuple[Event, ...]:
    """An event for every condition that the Job did not have before."""
    if not isinstance(after, JobRecord):
        return ()
    new = [each for each in after.conditions if each not in before.conditions]
    return tuple(event for event in (_event(job, each) for each in new) if event is not None)


def _event(job: Key, condition: JobCondition) -> Event | None:
    match condition.type:
        case Type.SUSPENDED:
            return Event(job, "Suspended" if condition.status else "Resumed", condition.message)
        case Type.COMPLETE:
            return Event(job, "Completed", "Job completed")
        case Type.FAILURE_TARGET:
            return Event(job, condition.reason, condition.message, EventType.WARNING)
        case _:
            return None
