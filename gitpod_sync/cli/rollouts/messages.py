"""Messages of `rollout status` for each kind, in kubectl's words, and the end of a rollout. Pure."""

from dataclasses import dataclass

from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Deployment

Rollable = Deployment | StatefulSet | DaemonSet
"""The kinds that are rolled out."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line, and whether there will be no other."""

    line: str
    over: bool = False


def tell_rollout(workload: Rollable, status: WorkloadStatus) -> Told:
    """How far it has come. Raises `GitpodSyncError` where nothing is rolled out by itself."""
    if isinstance(workload, Deployment):
        return _tell_deployment(workload.metadata.name, status)
    if not workload.updates_by_itself:
        raise GitpodSyncError(
            "rollout status is only available for RollingUpdate strategy type",
            f"the update strategy of {workload.key} is OnDelete: its pods stay until somebody ends them",
        )
    if isinstance(workload, StatefulSet):
        return _tell_stateful_set(workload, status)
    return _tell_daemon_set(workload.metadata.name, status)


def _tell_deployment(name: str, status: WorkloadStatus) -> Told:
    """Whether the rollout is over: all replicas newest and available, though old pods may still be on their way out."""
    waiting = f'Waiting for deployment "{name}" rollout to finish:'
    if status.updated == status.desired == status.current == status.available:
        return Told(f'deployment "{name}" successfully rolled out', over=True)
    if status.updated < status.desired:
        return Told(f"{waiting} {status.updated} out of {status.desired} new replicas have been updated...")
    if status.current > status.updated:
        return Told(f"{waiting} {status.current - status.updated} old replicas are pending termination...")
    return Told(f"{waiting} {status.available} of {status.updated} updated replicas are available...")


def _tell_stateful_set(workload: StatefulSet, status: WorkloadStatus) -> Told:
    """With a partition over when the places from there on are of the newest version, else when all pods are."""
    if status.available < status.desired:
        return Told(f"Waiting for {status.desired - status.available} pods to be ready...")
    updated = max(0, status.desired - workload.partition)
    if workload.partition:
        if status.updated < updated:
            progress = f"{status.updated} out of {updated} new pods have been updated..."
            return Told(f"Waiting for partitioned roll out to finish: {progress}")
        return Told(f"partitioned roll out complete: {status.updated} new pods have been updated...", over=True)
    revision = status.versions.update if status.versions else ""
    if status.updated < status.desired:
        progress = f"{status.updated} pods at revision {revision}..."
        return Told(f"waiting for statefulset rolling update to complete {progress}")
    return Told(f"statefulset rolling update complete {status.updated} pods at revision {revision}...", over=True)


def _tell_daemon_set(name: str, status: WorkloadStatus) -> Told:
    waiting = f'Waiting for daemon set "{name}" rollout to finish:'
    if status.updated < status.desired:
        return Told(f"{waiting} {status.updated} out of {status.desired} new pods have been updated...")
    if status.available < status.desired:
        return Told(f"{waiting} {status.available} of {status.desired} updated pods are available...")
    return Told(f'daemon set "{name}" successfully rolled out', over=True)
