"""Every kind, in the order in which seeds take turns with them."""

from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.workloads.workloads import ReplicaSet, ReplicationController
from simulation.kinds.bare_pods import BarePods
from simulation.kinds.cron_jobs import CronJobs, is_of
from simulation.kinds.daemon_sets import DaemonSets
from simulation.kinds.deployments import Deployments
from simulation.kinds.jobs import Jobs
from simulation.kinds.kind import Kind
from simulation.kinds.replica_sets import ReplicaSets
from simulation.kinds.stateful_sets import StatefulSets

KINDS: tuple[Kind[Any], ...] = (
    Deployments(),
    BarePods(),
    ReplicaSets(ReplicaSet),
    ReplicaSets(ReplicationController),
    Jobs(),
    CronJobs(),
    StatefulSets(),
    DaemonSets(),
)


def kind_of(key: Key) -> Kind[Any]:
    """The kind of a workload."""
    return next(kind for kind in KINDS if kind.name == key.kind)


def owns(key: Key, owner: Key) -> bool:
    """Whether the pods of `owner` are there because Git asks for `key`."""
    return key == owner or (key.kind == "CronJob" and is_of(key, owner))
