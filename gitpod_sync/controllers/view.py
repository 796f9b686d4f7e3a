"""The view that a controller has of its workload."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.node import NO_NODE, Node
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.records import Record
from gitpod_sync.model.workloads.rollouts import OnFailure
from gitpod_sync.model.workloads.workloads import Workload


@dataclass(frozen=True, slots=True)
class WorkloadView:
    """A workload as its controller sees it."""

    pods: Sequence[PodState]
    """The workload's own, those being ended included."""
    taken: Collection[str]
    """Names of all pods of its namespace."""
    now: float
    """In seconds since the epoch."""
    orphaned: bool = False
    """Containers still run of a pod of it that has lost its sandbox."""
    record: Record | None = None
    """What an earlier decision wanted to be remembered; None: nothing is."""
    interventions: Sequence[Intervention] = ()
    """What people have ordered about it."""
    nonce: str = ""
    """Fresh for every pass."""
    forgotten: bool = False
    """What was remembered of this instance is lost: a workload without a record may be an old one."""
    orphans: Collection[str] = ()
    """Names of the pods that left such containers."""
    claims: Collection[str] = ()
    """Names of the namespace's claims that have a volume."""
    commit: str = ""
    """The commit that is in force, for what is made now."""
    on_failure: OnFailure = OnFailure.HOLD
    """What follows a failed rollout, where the workload does not say it."""
    node: Node = NO_NODE
    """What its pods are placed on."""
    written: Workload | None = None
    """The workload as Git has it, when an autoscaler has scaled it since; None: as it is."""
