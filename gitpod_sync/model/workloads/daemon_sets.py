"""DaemonSet: one pod on every node that it is meant for.

Source of the meanings and defaults: Kubernetes, "DaemonSet" and DaemonSetSpec.
"""

from dataclasses import dataclass

from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.rollouts import UpdateType


@dataclass(frozen=True, slots=True)
class DaemonRolling:
    """On how many nodes the pod may be unavailable, or there twice, during an update; percentages round up."""

    max_surge: IntOrPercent = IntOrPercent(0)
    max_unavailable: IntOrPercent = IntOrPercent(1)


@dataclass(frozen=True, slots=True)
class DaemonUpdate:
    """How pods of an earlier version are replaced."""

    type: UpdateType = UpdateType.ROLLING_UPDATE
    rolling_update: DaemonRolling = DaemonRolling()


@dataclass(frozen=True, slots=True)
class DaemonSetSpec:
    """Times are in seconds."""

    template: PodTemplate
    selector: LabelSelector = LabelSelector()
    update_strategy: DaemonUpdate = DaemonUpdate()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10


@dataclass(frozen=True, slots=True)
class DaemonSet:
    """Keeps one pod on each node that it is meant for."""

    metadata: ObjectMeta
    spec: DaemonSetSpec

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return Key("DaemonSet", self.metadata.namespace, self.metadata.name)

    @property
    def updates_by_itself(self) -> bool:
        """Whether pods of an earlier version are replaced without a hand."""
        return self.spec.update_strategy.type is UpdateType.ROLLING_UPDATE
