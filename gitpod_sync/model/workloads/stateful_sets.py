"""StatefulSet: pods that have a place each, with a name, claims and an order.

Source of the meanings and defaults: Kubernetes, "StatefulSets" and StatefulSetSpec.
"""

from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.claims import PersistentVolumeClaim
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.rollouts import UpdateType


class PodManagement(StrEnum):
    """Whether pods come and go one after the other, or side by side."""

    ORDERED_READY = "OrderedReady"
    PARALLEL = "Parallel"


class Retention(StrEnum):
    """The fate of a claim that was made for a pod of the set."""

    RETAIN = "Retain"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class Ordinals:
    """`start` is the first ordinal."""

    start: int = 0


@dataclass(frozen=True, slots=True)
class StatefulRolling:
    """Places from `partition` on, counted from the first, are updated, at most `max_unavailable` at a time."""

    partition: int = 0
    max_unavailable: IntOrPercent = IntOrPercent(1)

    def most_unavailable(self, replicas: int) -> int:
        """Percentages round up, and at least one pod may be unavailable: otherwise nothing could be replaced."""
        return max(1, self.max_unavailable.of(replicas, round_up=True))


@dataclass(frozen=True, slots=True)
class StatefulUpdate:
    """How pods of an earlier version are replaced."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    rolling_update: StatefulRolling = StatefulRolling()


@dataclass(frozen=True, slots=True)
class ClaimRetention:
    """The fate of claims when the set goes, and when it gets fewer pods."""

    when_deleted: Retention = Retention.RETAIN
    when_scaled: Retention = Retention.RETAIN


@dataclass(frozen=True, slots=True)
class StatefulSetSpec:
    """Kubernetes: StatefulSetSpec."""

    template: PodTemplate
    """What its pods are made from."""
    selector: LabelSelector = LabelSelector()
    """As written; only checked against the template: a pod belongs to the set that made it."""
    replicas: int = 1
    """How many places it has."""
    service_name: str = ""
    """The domain of its pods below their namespace's; "" for none."""
    pod_management_policy: PodManagement = PodManagement.ORDERED_READY
    """Whether pods come and go one after the other, or side by side."""
    update_strategy: StatefulUpdate = StatefulUpdate()
    """How pods of an earlier version are replaced."""
    min_ready_seconds: int = 0
    """Seconds of being ready after which a pod is available."""
    ordinals: Ordinals = Ordinals()
    """The number of the first place."""
    volume_claim_templates: tuple[PersistentVolumeClaim, ...] = ()
    """Claims that each place gets of its own."""
    persistent_volume_claim_retention_policy: ClaimRetention = ClaimRetention()
    """What becomes of those claims when the set goes, or gets smaller."""
    revision_history_limit: int = 10
    """How many earlier revisions are remembered."""


@dataclass(frozen=True, slots=True)
class StatefulSet:
    """Keeps one pod at each of N places."""

    metadata: ObjectMeta
    spec: StatefulSetSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("StatefulSet", self.metadata.namespace, self.metadata.name)

    @property
    def partition(self) -> int:
        """The first place, counted from the first, that a rolling update replaces."""
        return self.spec.update_strategy.rolling_update.partition

    @property
    def ordinals(self) -> range:
        """The ordinals of its places."""
        start = self.spec.ordinals.start
        return range(start, start + self.spec.replicas)

    @property
    def updates_by_itself(self) -> bool:
        """Whether pods of an earlier version are replaced without a hand."""
        return self.spec.update_strategy.type is UpdateType.ROLLING_UPDATE
