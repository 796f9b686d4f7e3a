"""The way in: every kind of workload to its controller."""

from typing import assert_never

from gitpod_sync.controllers.bare_pod.bare_pod import decide_pod
from gitpod_sync.controllers.daemon_set.daemon_set import decide_daemon_set
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.deployment.deployment import decide_deployment
from gitpod_sync.controllers.job.job import decide_job
from gitpod_sync.controllers.replica_set.replicas import decide_replicas
from gitpod_sync.controllers.stateful_set.stateful_set import decide_stateful_set
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment, Pod, ReplicaSet, ReplicationController, Workload


def decide(workload: Workload, view: WorkloadView) -> Decision:
    """The pods that should come and go for one workload."""
    match workload:
        case Pod():
            return decide_pod(workload, view)
        case ReplicaSet() | ReplicationController():
            return decide_replicas(workload, view)
        case Deployment():
            return decide_deployment(workload, view)
        case Job():
            return decide_job(workload, view)
        case StatefulSet():
            return decide_stateful_set(workload, view)
        case DaemonSet():
            return decide_daemon_set(workload, view)
        case _ as never:
            assert_never(never)
