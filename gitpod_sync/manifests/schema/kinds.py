"""The kinds of the support table, and the Python type of the objects of honoured ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gitpod_sync.manifests.schema.support import Verdict, table
from gitpod_sync.model.desired import Object
from gitpod_sync.model.pods.claims import PersistentVolumeClaim
from gitpod_sync.model.pods.configs import ConfigMap, Namespace, Secret
from gitpod_sync.model.scheduling.priority import PriorityClass
from gitpod_sync.model.workloads.autoscaling import HorizontalPodAutoscaler
from gitpod_sync.model.workloads.budgets import PodDisruptionBudget
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.jobs import CronJob, Job
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment, Pod, ReplicaSet, ReplicationController

TYPES: Mapping[str, type[Object]] = {
    kind.__name__: kind
    for kind in (
        *(Namespace, Pod, ReplicaSet, ReplicationController, Deployment, StatefulSet, DaemonSet, Job, CronJob),
        *(ConfigMap, Secret, PersistentVolumeClaim, PriorityClass),
        *(PodDisruptionBudget, HorizontalPodAutoscaler),
    )
}
"""The kinds that are honoured."""

LIST = "List"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that has a schema. `definition` is its entry in the table, `type` None while it is not honoured."""

    api_version: str
    name: str
    definition: str
    verdict: Verdict
    type: type[Object] | None


@cache
def with_schema() -> Mapping[str, Kind]:
    """The kinds whose objects can be checked, by name."""
    return {
        name: Kind(entry.api_versions[0], name, entry.definition, entry.verdict, TYPES.get(name))
        for name, entry in table().kinds.items()
        if entry.definition
    }
