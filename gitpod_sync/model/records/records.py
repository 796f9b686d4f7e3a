"""What has to be remembered of a workload because no engine holds it.

A controller is given the record of its workload and decides with it on the next one, which is written down before
anything of that decision is carried out. A lost record is history lost: what runs goes on.
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
    """A template that a workload has had. `number` grows; a return to an earlier template takes the next one.

    `commit` is the one that brought it, `cause` what the workload's annotation kubernetes.io/change-cause said.
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rollout of one version has come. Times are in seconds since the epoch.

    `updated_at` is when it last went on, `since` when the condition's status last changed. The counts are the best so
    far: the most pods of the version, ready ones and available ones, and the fewest of earlier versions.
    """

    version: str = ""
    reason: ProgressReason = ProgressReason.CREATED
    updated_at: float = 0.0
    since: float = 0.0
    updated: int = 0
    ready: int = 0
    available: int = 0
    old: int = 0


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


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """What is remembered of a Deployment.

    `revisions` are the templates that it has had and may be returned to, the present one last. `sizes` are those of
    its versions, the oldest first, decided when `replicas` were asked for and there could be `most` pods. `good` is the
    hash of the last revision that was fully available ("" while there was none).
    """

    revisions: tuple[TemplateRevision, ...] = ()
    sizes: tuple[VersionSize, ...] = ()
    replicas: int = 0
    most: int = 0
    good: str = ""
    progress: Progress = Progress()
    availability: Availability = Availability()
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class StatefulSetRecord:
    """The templates that a StatefulSet has had, and what is to become of its claims.

    `current` is the hash of the version that all of its pods had last: places below the partition come back at it. It
    bears the restart ordered at `restarted` ("" for none), and its hash without it is `revision` ("" for the same).
    `leaving` are ordinals that were given up while their claims were to go with them. `claims` are the names of its
    claim templates and `when_deleted` what it said last about their volumes, for when Git does not name it any more.
    """

    revisions: tuple[TemplateRevision, ...] = ()
    current: str = ""
    leaving: tuple[int, ...] = ()
    claims: tuple[str, ...] = ()
    when_deleted: Retention = Retention.RETAIN
    restarted: str = ""
    revision: str = ""

    @property
    def current_revision(self) -> str:
        """The hash of the current version among the revisions, which are counted without restarts."""
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


@dataclass(frozen=True, slots=True)
class PodRecord:
    """What of a bare pod is over for good: somebody may remove its dead containers, and nothing of it runs again.

    `ended` are its containers that will not be started again, `outcome` what it has come to (a `Phase`; "" while it
    goes on) and `reason` why, when no container says so. An empty record is that of a pod yet to be made.
    """

    uid: str = ""
    template_hash: str = ""
    commit: str = ""
    created_at: float | None = None
    ended: Mapping[str, EndedContainer] = field(default_factory=dict)
    outcome: str = ""
    reason: str = ""


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
    """A record as it is kept."""
    return canonical(record)


def record_from_text(kind: str, text: str) -> Record | None:
    """A kept record of a workload of that kind; None for one that cannot be understood (any more)."""
    try:
        return decode(RECORD_TYPES[kind], json.loads(text))
    except (KeyError, ValueError, ManifestError):
        return None
