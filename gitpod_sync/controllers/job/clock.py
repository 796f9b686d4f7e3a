"""The times in a Job's record, when the clock was set back after they were taken.

They are kept, so they can be put right: what seems to come yet is taken to have happened now, and pauses and deadlines
count from here. Else a pause of ten seconds would last as long as the clock was set back.
"""

from dataclasses import replace

from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.records.job_records import JobRecord


def put_right(record: JobRecord, now: float) -> JobRecord:
    """The same record, or one without times that lie ahead."""
    times = [record.started_at, record.last_failure_at, *(each.at for each in record.failures.values())]
    times += [each.since for each in record.conditions]
    if not any(at is not None and lies_ahead(at, now) for at in times):
        return record
    return replace(
        record,
        started_at=_by_now(record.started_at, now),
        last_failure_at=_by_now(record.last_failure_at, now),
        failures={index: replace(each, at=min(each.at, now)) for index, each in record.failures.items()},
        conditions=tuple(replace(each, since=min(each.since, now)) for each in record.conditions),
    )


def _by_now(at: float | None, now: float) -> float | None:
    return None if at is None else min(at, now)
