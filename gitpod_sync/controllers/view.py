"""What a controller sees of its workload."""

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
    """`pods` are the workload's own, those being ended included; `taken` are the names of all pods of its namespace.

    `now` is in seconds since the epoch. `orphaned` says that containers of a pod of it, which has lost its sandbox,
    still run. `record` is what an earlier decision wanted to be remembered, `interventions` what people have told the
    daemon about it. `nonce` is fresh for every pass. `forgotten` says that what was remembered of this instance is
    lost: a workload without a record may be an old one.
    `orphans` are the names of the pods that left such containers. `claims` are those of the namespace with a volume.
    `commit` is the revision of Git that is in force, `on_failure` what counts where the workload does not say it.
    `node` is what its pods are placed on. `written` is the workload as Git has it, when it was scaled since.
    """

    pods: Sequence[PodState]
    taken: Collection[str]
    now: float
    orphaned: bool = False
    record: Record | None = None
    interventions: Sequence[Intervention] = ()
    nonce: str = ""
    forgotten: bool = False
    orphans: Collection[str] = ()
    claims: Collection[str] = ()
    commit: str = ""
    on_failure: OnFailure = OnFailure.HOLD
    node: Node = NO_NODE
    written: Workload | None = None
