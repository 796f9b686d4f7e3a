"""Counts of a workload's pods under the names that Kubernetes' status of its kind has for them. Pure."""

from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.model.base.codec import Json


def replica_status(counts: WorkloadStatus) -> Json:
    """Status of a workload with replicas; for a StatefulSet with its versions."""
    status: Json = {
        "replicas": counts.current,
        "readyReplicas": counts.ready,
        "availableReplicas": counts.available,
    }
    if counts.versions:
        status["currentReplicas"] = counts.versions.at_current
        status["updatedReplicas"] = counts.updated
        status["currentRevision"] = counts.versions.current
        status["updateRevision"] = counts.versions.update
    return status


def daemon_status(counts: WorkloadStatus) -> Json:
    """Status of a DaemonSet, which counts nodes."""
    return {
        "desiredNumberScheduled": counts.desired,
        "currentNumberScheduled": min(counts.current, counts.desired),
        "numberMisscheduled": max(0, counts.current - counts.desired),
        "numberReady": counts.ready,
        "updatedNumberScheduled": counts.updated,
        "numberAvailable": counts.available,
        "numberUnavailable": max(0, counts.desired - counts.available),
    }
