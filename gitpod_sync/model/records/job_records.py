"""Records of Jobs and CronJobs: work that was done, which no engine shows once the containers are gone."""

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
    """One condition of a Job; `since` is when its status last changed, in seconds since the epoch."""

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
    """A Job that has begun. Times are seconds since the epoch. Its counts outlive its pods, which may be removed."""

    uid: str
    """Tells it from earlier and later Jobs of its name."""
    created_at: float
    """When it was first decided about; after a loss of the memory, when its first pod was made."""
    spec: JobSpec | None = None
    """What it was last decided by, so that a Job which Git does not name any more can be brought to its end."""
    started_at: float | None = None
    """When it was started, or last resumed; None while it is suspended from the beginning."""
    succeeded: int = 0
    """Pods that have succeeded, those that are gone included."""
    failed: int = 0
    """Pods that have failed, those that are gone included; ignored failures are not."""
    counted: tuple[str, ...] = ()
    """UIDs of the pods in those two counts that are still there, so that none is counted twice."""
    indexes_done: str = ""
    """Indexes that have succeeded, as text like ``0,2-4``."""
    indexes_failed: str = ""
    """Indexes that have failed for good, as the same kind of text."""
    failures: Mapping[str, IndexFailures] = field(default_factory=dict)
    """Failures by index, when indexes have limits of their own."""
    failures_in_row: int = 0
    """Failures since the last success; they make the back-off longer."""
    last_failure_at: float | None = None
    """The last of them, from which the back-off is counted."""
    conditions: tuple[JobCondition, ...] = ()
    """At most one of each type, as Kubernetes has them."""
    swept: bool = False
    """The Job and its pods have been taken out of sight, their time after the end being over; it is not run again."""
    doubtful: bool = False
    """It is not known whether it has run, since what was remembered is lost."""

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
    """A CronJob that is followed. Times are seconds since the epoch; None: there was none."""

    created_at: float
    """When it was first seen."""
    followed_until: float
    """Every scheduled time up to here has been dealt with: it was run, or came to nothing."""
    spec: CronJobSpec | None = None
    """What it was last decided by."""
    last_run_at: float | None = None
    """The scheduled time of the last Job."""
    last_success_at: float | None = None
    """When a Job of it last completed."""
    blocked_at: float | None = None
    """The scheduled time of the Job that waits for the end of another (Forbid, Replace)."""
    jobs: tuple[ScheduledJob, ...] = ()
    """Those that are kept, the oldest first."""
