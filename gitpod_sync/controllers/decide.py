"""The way in: every kind of workload to its controller."""

from collections.abc import Collection, Sequence
from typing import assert_never

from gitpod_sync.controllers.bare_pod import decide_pod
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.deployment import decide_deployment
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.controllers.replicas import decide_replicas
from gitpod_sync.model.workloads import Deployment, Pod, ReplicaSet, ReplicationController, Workload


def decide(
    workload: Workload, pods: Sequence[PodState], taken: Collection[str], now: float, *, orphaned: bool
) -> Decision:
    """What should come and go for one workload.

    `pods` are the workload's own, those being ended included; `taken` are the names of all pods of its namespace.
    `orphaned` says that containers of a pod of it, which has lost its sandbox, still run.
    """
    match workload:
        case Pod():
            return decide_pod(workload, pods, orphaned=orphaned)
        case ReplicaSet() | ReplicationController():
            return decide_replicas(workload, pods, taken, now)
        case Deployment():
            return decide_deployment(workload, pods, taken, now, orphaned=orphaned)
        case _ as never:
            assert_never(never)
