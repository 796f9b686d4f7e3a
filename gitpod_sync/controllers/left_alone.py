"""A workload about which nothing could be decided: its pods stay as they are, none comes and none goes."""

from collections.abc import Sequence

from gitpod_sync.controllers.decision import Decision, WorkloadStatus
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.jobs import Job
from gitpod_sync.model.workloads.workloads import Pod, Workload


def leave_alone(
    key: Key, workload: Workload | None, pods: Sequence[PodState], reason: str, message: str, *, fresh: bool
) -> Decision:
    """A decision that changes nothing. `workload` None: it has no pods. A `fresh` reason becomes an event as well."""
    standing = [state for state in pods if not state.pod.ending and not state.lost]
    ready = sum(state.ready for state in standing)
    status = WorkloadStatus(
        desired=_wanted(workload),
        current=len(standing),
        updated=0,  # nobody can tell
        ready=ready,
        available=ready,
        complete=False,
        failed=f"{reason}: {message}",
    )
    told = (Event(key, reason, message, EventType.WARNING),) if fresh else ()
    return Decision(workload=key, status=status, events=told, undecided=True)


def _wanted(workload: Workload | None) -> int:
    match workload:
        case None:
            return 0
        case Pod() | DaemonSet():
            return 1
        case Job():
            return workload.spec.width
        case _:
            return workload.spec.replicas
