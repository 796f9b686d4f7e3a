"""What is remembered of Jobs and CronJobs: what has been done, which no engine tells once its containers are gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.model.workloads.jobs import CronJobSpec, JobSpec


class JobConditionType(StrEnum):
    """Kubernetes' conditions of a Job. The two targets say how it will end, once the last of its pods is gone."""

    SUSPENDED = "Suspended"
    SUCCESS_CRITERIA_MET = "SuccessCriteriaMet"
    COMPLETE = "Complete"
    FAILURE_TARGET = "FailureTarget"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class JobCondition:
    """One condition and since when (seconds since the epoch) it is as it is."""

    type: JobConditionType
    since: float
    reason: str
    message: str
    status: bool = True


@dataclass(frozen=True, slots=True)
class IndexFailures:
    """How often an index has failed, when last, and how many further failures were ignored."""

    count: int
    at: float
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A Job that has begun. Times are seconds since the epoch.

    `uid` tells it from others of its name; `spec` is what it was last decided by. `started_at` is when it was started,
    or resumed, last. `succeeded` and `failed` count pods, `counted` are the UIDs of those among them that are still
    there. `indexes_done` and `indexes_failed` are sets of indexes as text, `failures` the failures of indexes (by their
    number) that have limits of their own. `failures_in_row` came since the last success, the last of them at
    `last_failure_at`. `swept` says that it and its pods have been taken out of sight, `doubtful` that it is not known
    whether it has run.
    """

    uid: str
    created_at: float
    spec: JobSpec | None = None
    started_at: float | None = None
    succeeded: int = 0
    failed: int = 0
    counted: tuple[str, ...] = ()
    indexes_done: str = ""
    indexes_failed: str = ""
    failures: Mapping[str, IndexFailures] = field(default_factory=dict)
    failures_in_row: int = 0
    last_failure_at: float | None = None
    conditions: tuple[JobCondition, ...] = ()
    swept: bool = False
    doubtful: bool = False

    def condition(self, kind: JobConditionType) -> JobCondition | None:
        """The condition of that type, if it is true."""
        return next((each for each in self.conditions if each.type is kind and each.status), None)

    @property
    def end(self) -> JobCondition | None:
        """Complete or Failed; None while it is neither."""
        return self.condition(JobConditionType.COMPLETE) or self.condition(JobConditionType.FAILED)

    @property
    def target(self) -> JobCondition | None:
        """How it will end; None while that is open."""
        met = self.condition(JobConditionType.SUCCESS_CRITERIA_MET)
        return met or self.condition(JobConditionType.FAILURE_TARGET)

    @property
    def has_succeeded(self) -> bool:
        """Whether it is complete."""
        return self.condition(JobConditionType.COMPLETE) is not None


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A Job that a CronJob has made, and the time it was made for (seconds since the epoch)."""

    name: str
    scheduled_at: float
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CronJobRecord:
    """A CronJob that is followed. Times are seconds since the epoch.

    Every time up to `followed_until` has been dealt with: it was run, or came to nothing. `last_run_at` is the
    scheduled time of the last Job, `blocked_at` that of one that waits for the end of another. `jobs` are those that
    are kept, the oldest first.
    """

    created_at: float
    followed_until: float
    spec: CronJobSpec | None = None
    last_run_at: float | None = None
    last_success_at: float | None = None
    blocked_at: float | None = None
    jobs: tuple[ScheduledJob, ...] = ()
