"""Records of workloads: their past, which no engine holds.

A controller is given the record of its workload and decides with it on the next record, which is written down before
anything of that decision is carried out. A lost record is lost history: running pods go on.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.codec import canonical, decode
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.job_records import CronJobRecord, JobRecord
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord
from gitpod_sync.model.workloads.stateful_sets import Retention


@dataclass(frozen=True, slots=True)
class TemplateRevision:
    """A template that a workload has had. `number` grows; a return to an earlier template takes the next number.

    `commit` is the commit that brought it, `cause` the text of the annotation kubernetes.io/change-cause at that time.
    """

    number: int
    hash: str
    template: PodTemplate
    commit: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A failed version that was rolled back: it is not tried again as long as the object's hash is `object`.

    `failed` is the hash of its template, `revision` the hash of the one to which the workload was returned, at `at`.
    """

    object: str
    failed: str
    revision: str
    at: float


class ProgressReason(StrEnum):
    """The reasons of the condition Progressing, in Kubernetes' words."""

    CREATED = "NewReplicaSetCreated"
    UPDATED = "ReplicaSetUpdated"
    AVAILABLE = "NewReplicaSetAvailable"
    EXCEEDED = "ProgressDeadlineExceeded"
    PAUSED = "DeploymentPaused"
    RESUMED = "DeploymentResumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the rollout of one version has come. Times are seconds since the epoch. Counts are the best so far."""

    version: str = ""
    """Hash of the template; "" before the first rollout."""
    reason: ProgressReason = ProgressReason.CREATED
    """Of the condition Progressing; its status follows from it."""
    updated_at: float = 0.0
    """When the rollout last went on; the deadline is counted from here."""
    since: float = 0.0
    """When the condition's status last changed."""
    updated: int = 0
    """The most pods of the version that there were."""
    ready: int = 0
    """The most ready pods, of all versions."""
    available: int = 0
    """The most available pods, of all versions."""
    old: int = 0
    """The fewest pods of earlier versions that there were."""


@dataclass(frozen=True, slots=True)
class VersionSize:
    """How many pods the version of this template hash is to have: a ReplicaSet's `replicas`, where there are any."""

    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether as many pods were available as must be, and since when (seconds since the epoch)."""

    enough: bool = False
    since: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRecord:
    """The record of a Deployment: above all how many pods each version is to have, and why so many."""

    revisions: tuple[TemplateRevision, ...] = ()
    """Templates that it has had and may be returned to, the present one last."""
    sizes: tuple[VersionSize, ...] = ()
    """How many pods each version is to have, the oldest version first."""
    replicas: int = 0
    """How many replicas the Deployment asked for at that decision; 0 before the first."""
    most: int = 0
    """How many pods there might be at that decision, surge included."""
    good: str = ""
    """Hash of the last revision that was fully available; "" while there was none."""
    progress: Progress = Progress()
    """How far the present rollout has come."""
    availability: Availability = Availability()
    """The condition Available."""
    hold: Hold | None = None
    """The failed version that was rolled back and is not tried again; None: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulSetRecord:
    """The record of a StatefulSet, some of it for the time when Git does not name the set any more."""

    revisions: tuple[TemplateRevision, ...] = ()
    """Templates that it has had, the present one last."""
    current: str = ""
    """Hash of the version that all of its pods had last: places below the partition come back at it."""
    leaving: tuple[int, ...] = ()
    """Ordinals that were given up while their claims were to go with them."""
    claims: tuple[str, ...] = ()
    """Names of its claim templates, for when Git does not name the set any more."""
    when_deleted: Retention = Retention.RETAIN
    """What it said last about the volumes of its claims, for the same time."""
    restarted: str = ""
    """Time of the ordered restart that `current` bears; "" for none."""
    revision: str = ""
    """Hash of `current` without its restart; "" when that is the same."""

    @property
    def current_revision(self) -> str:
        """The hash of the current version among the revisions, in which restarts do not count."""
        return self.revision or self.current


@dataclass(frozen=True, slots=True)
class DaemonSetRecord:
    """The templates that a DaemonSet has had, the present one last."""

    revisions: tuple[TemplateRevision, ...] = ()


@dataclass(frozen=True, slots=True)
class EndedContainer:
    """How a container came to its last end. Times are seconds since the epoch."""

    attempt: int = 0
    exit_code: int = 0
    started_at: float | None = None
    finished_at: float | None = None
    oom_killed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PodRecord:
    """The finished part of a bare pod: its dead containers may be removed by hand, and nothing of it runs again."""

    uid: str = ""
    """Of the pod it is about; "": a pod yet to be made."""
    template_hash: str = ""
    """The version that the pod was made from."""
    commit: str = ""
    """The commit that the pod was made at."""
    created_at: float | None = None
    """When the pod was made, in seconds since the epoch."""
    ended: Mapping[str, EndedContainer] = field(default_factory=dict)
    """Containers that will not be started again, by name."""
    outcome: str = ""
    """The `Phase` that it has come to; "" while it goes on."""
    reason: str = ""
    """Why, when no container says so; "" otherwise."""


Record = (
    DeploymentRecord | StatefulSetRecord | DaemonSetRecord | JobRecord | CronJobRecord | PodRecord | AutoscalerRecord
)

RECORD_TYPES: dict[str, type[Record]] = {
    "Deployment": DeploymentRecord,
    "StatefulSet": StatefulSetRecord,
    "DaemonSet": DaemonSetRecord,
    "Job": JobRecord,
    "CronJob": CronJobRecord,
    "Pod": PodRecord,
    "HorizontalPodAutoscaler": AutoscalerRecord,
}
"""By kind of the workload."""


def kept_versions(records: Iterable[Record]) -> Iterator[PodTemplate]:
    """The templates that pods may still be made from although Git asks for others by now."""
    for record in records:
        if isinstance(record, StatefulSetRecord):
            yield from (each.template for each in record.revisions if each.hash == record.current_revision)


def record_to_text(record: Record) -> str:
    """The record as text for the database."""
    return canonical(record)


def record_from_text(kind: str, text: str) -> Record | None:
    """A kept record of a workload of that kind; None for text that is not understood (any more)."""
    try:
        return decode(RECORD_TYPES[kind], json.loads(text))
    except (KeyError, ValueError, ManifestError):
        return None
