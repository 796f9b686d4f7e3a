"""The objects that ask for work which ends: Jobs, and CronJobs, which ask for Jobs."""

from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.pod import PodTemplate

BACKOFF_LIMIT = 6
"""Failed pods that a Job bears, unless it says otherwise."""

WITHOUT_LIMIT = 2**31 - 1
"""What stands for the limit of a Job whose indexes have limits of their own (Kubernetes: "Jobs", backoffLimit)."""


class CompletionMode(StrEnum):
    """Whether one success is as good as another, or each index has to have its own."""

    NON_INDEXED = "NonIndexed"
    INDEXED = "Indexed"


class PodReplacementPolicy(StrEnum):
    """When the successor of a pod may come: while the pod is still being ended, or once it is gone."""

    TERMINATING_OR_FAILED = "TerminatingOrFailed"
    FAILED = "Failed"


class FailureAction(StrEnum):
    """The meaning of a failed pod for its Job."""

    FAIL_JOB = "FailJob"
    FAIL_INDEX = "FailIndex"
    IGNORE = "Ignore"
    COUNT = "Count"


class CodeOperator(StrEnum):
    """How an exit code is held against a list."""

    IN = "In"
    NOT_IN = "NotIn"


@dataclass(frozen=True, slots=True)
class ExitCodes:
    """Exit codes other than 0, of one container or (without a name) of any."""

    operator: CodeOperator
    values: tuple[int, ...]
    container_name: str = ""


@dataclass(frozen=True, slots=True)
class ConditionPattern:
    """A condition of a pod; `status` is its text: True, False or Unknown."""

    type: str
    status: str = "True"


@dataclass(frozen=True, slots=True)
class FailureRule:
    """The action on a failed pod with these exit codes, or with one of these conditions."""

    action: FailureAction
    on_exit_codes: ExitCodes | None = None
    on_pod_conditions: tuple[ConditionPattern, ...] = ()


@dataclass(frozen=True, slots=True)
class PodFailurePolicy:
    """The first rule that fits a failed pod is followed; without one it is counted."""

    rules: tuple[FailureRule, ...]


@dataclass(frozen=True, slots=True)
class SuccessRule:
    """Enough successes: a count of these indexes (as in ``0,2-4``); without a count all, without a list any."""

    succeeded_indexes: str = ""
    succeeded_count: int | None = None


@dataclass(frozen=True, slots=True)
class SuccessPolicy:
    """A Job has succeeded with the first rule that is met."""

    rules: tuple[SuccessRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """Kubernetes: JobSpec. None: not given; the properties say what that means."""

    template: PodTemplate
    """What its pods are made from."""
    parallelism: int | None = None
    """Most pods at once; see `width`."""
    completions: int | None = None
    """Pods that have to succeed; see `goal`."""
    completion_mode: CompletionMode = CompletionMode.NON_INDEXED
    """Whether each index has to succeed, or any pods do."""
    backoff_limit: int | None = None
    """Failed pods that it bears; see `failures_borne`."""
    backoff_limit_per_index: int | None = None
    """Failed pods that each index bears; None: indexes have no limits of their own."""
    max_failed_indexes: int | None = None
    """Failed indexes that it bears; None: any number."""
    active_deadline_seconds: int | None = None
    """Seconds from its start after which it has failed; None: never."""
    ttl_seconds_after_finished: int | None = None
    """Seconds from its end after which it and its pods are taken out of sight; None: never."""
    suspend: bool = False
    """Whether its pods are ended and none comes."""
    pod_failure_policy: PodFailurePolicy | None = None
    """What exit codes and conditions of failed pods mean; None: every failure counts."""
    success_policy: SuccessPolicy | None = None
    """When it has succeeded before all indexes have; None: never."""
    pod_replacement_policy: PodReplacementPolicy | None = None
    """When the successor of a pod comes; see `replaces_only_failed`."""
    selector: LabelSelector | None = None
    """As written; only checked against the template: a pod belongs to the Job that made it."""
    manual_selector: bool = False
    """Whether `selector` was written on purpose."""

    @property
    def width(self) -> int:
        """How many pods may be active at once."""
        return 1 if self.parallelism is None else self.parallelism

    @property
    def goal(self) -> int | None:
        """How many pods have to succeed. None: it is a work queue, over when one has succeeded and none is left."""
        return 1 if self.completions is None and self.parallelism is None else self.completions

    @property
    def indexed(self) -> bool:
        """Whether each index has to succeed."""
        return self.completion_mode is CompletionMode.INDEXED

    @property
    def failures_borne(self) -> int:
        """How many failed pods do not fail the Job yet."""
        if self.backoff_limit is not None:
            return self.backoff_limit
        return BACKOFF_LIMIT if self.backoff_limit_per_index is None else WITHOUT_LIMIT

    @property
    def replaces_only_failed(self) -> bool:
        """Whether a pod that is being ended holds its place. With a podFailurePolicy it always does."""
        default = PodReplacementPolicy.FAILED if self.pod_failure_policy else PodReplacementPolicy.TERMINATING_OR_FAILED
        return (self.pod_replacement_policy or default) is PodReplacementPolicy.FAILED


@dataclass(frozen=True, slots=True)
class Job:
    """Pods until so many have succeeded."""

    metadata: ObjectMeta
    spec: JobSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("Job", self.metadata.namespace, self.metadata.name)


class ConcurrencyPolicy(StrEnum):
    """The action when the time of a run comes and an earlier Job is not over."""

    ALLOW = "Allow"
    FORBID = "Forbid"
    REPLACE = "Replace"


@dataclass(frozen=True, slots=True)
class JobTemplate:
    """The template of a CronJob's Jobs; of its metadata only labels and annotations count."""

    spec: JobSpec
    metadata: ObjectMeta = ObjectMeta()


@dataclass(frozen=True, slots=True)
class CronJobSpec:
    """A Job at every time of the schedule (Kubernetes: CronJobSpec)."""

    schedule: str
    """Five fields, or a word like ``@daily``."""
    job_template: JobTemplate
    """What its Jobs are made from."""
    time_zone: str | None = None
    """Name in the database of time zones; None: UTC, wherever the engine is."""
    concurrency_policy: ConcurrencyPolicy = ConcurrencyPolicy.ALLOW
    """What happens when an earlier Job is not over."""
    starting_deadline_seconds: int | None = None
    """How late, in seconds, a Job may still be started; None: however late."""
    successful_jobs_history_limit: int = 3
    """How many complete Jobs are kept."""
    failed_jobs_history_limit: int = 1
    """How many failed Jobs are kept."""
    suspend: bool = False
    """Whether no further Jobs are made; those that run go on."""

    @property
    def zone(self) -> str:
        """The time zone in force."""
        return self.time_zone or "UTC"


@dataclass(frozen=True, slots=True)
class CronJob:
    """Asks for Jobs at given times; their pods belong to the Jobs."""

    metadata: ObjectMeta
    spec: CronJobSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("CronJob", self.metadata.namespace, self.metadata.name)
