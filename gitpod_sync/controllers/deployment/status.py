"""How a Deployment is doing, in Kubernetes' words and in ours where it goes another way than Git says."""

from gitpod_sync.controllers.decision import WorkloadStatus
from gitpod_sync.controllers.deployment.progress import LONGEST_DEADLINE, progress_status
from gitpod_sync.controllers.deployment.rolling import Counts
from gitpod_sync.controllers.shared.conditions import Condition
from gitpod_sync.controllers.shared.rollout_messages import rollout_argument, tell_revision, tell_undo
from gitpod_sync.controllers.shared.rollout_target import Override, RolloutTarget
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.records.records import DeploymentRecord, ProgressReason
from gitpod_sync.model.workloads.workloads import Deployment

_MESSAGES = {
    ProgressReason.CREATED: 'Created new replica set "{}"',
    ProgressReason.UPDATED: 'ReplicaSet "{}" is progressing.',
    ProgressReason.AVAILABLE: 'ReplicaSet "{}" has successfully progressed.',
    ProgressReason.EXCEEDED: 'ReplicaSet "{}" has timed out progressing.',
    ProgressReason.PAUSED: "Deployment is paused",
    ProgressReason.RESUMED: "Deployment is resumed",
}


def compute_status(
    deployment: Deployment,
    view: WorkloadView,
    record: DeploymentRecord,
    target: RolloutTarget,
    counts: Counts,
    *,
    paused: bool,
    steady: bool,
) -> WorkloadStatus:
    """The status; `steady` says that all that was decided for now is there and available."""
    replicas = deployment.spec.replicas
    standing = [state for state in view.pods if not state.pod.ending and not state.lost]
    reached = counts.new_available == replicas == len(view.pods)
    failed = _why_failed(deployment, record, target)
    return WorkloadStatus(
        desired=replicas,
        current=counts.total,
        updated=counts.new,
        ready=sum(state.ready for state in standing),
        available=counts.new_available + counts.old_available,
        complete=not failed and (steady if paused else reached),
        failed="" if paused else failed,
        held=_why_held(deployment, record, target, counts, paused=paused),
        recovering=record.hold is not None and not reached,
        conditions=_conditions(deployment, record),
    )


def _why_failed(deployment: Deployment, record: DeploymentRecord, target: RolloutTarget) -> str:
    if target.override is Override.ROLLBACK and record.hold is not None:
        revision = tell_revision(record.revisions, target)
        return (
            f"version {record.hold.failed} has failed and was rolled back to {revision}; it is not tried again until a "
            f"commit changes the object, or `gitpod-sync rollout resume {rollout_argument(deployment.key)}`"
        )
    if record.progress.reason is ProgressReason.EXCEEDED:
        seconds = deployment.spec.progress_deadline_seconds
        return f"version {target.hash} has made no progress for {seconds} s (ProgressDeadlineExceeded)"
    return ""


def _why_held(
    deployment: Deployment, record: DeploymentRecord, target: RolloutTarget, counts: Counts, *, paused: bool
) -> str:
    if target.override is Override.ROLLBACK:
        return _why_failed(deployment, record, target)
    if target.override is Override.UNDO:
        return tell_undo(deployment.key, record.revisions, target)
    if paused and (counts.old or not deployment.spec.paused):
        if deployment.spec.paused:
            return f"its rollout is paused by its manifest; without `paused: true` it goes on to version {target.hash}"
        resume = f"`gitpod-sync rollout resume {rollout_argument(deployment.key)}`"
        return f"its rollout is paused by `rollout pause`; {resume} goes on to version {target.hash}"
    return ""


def _conditions(deployment: Deployment, record: DeploymentRecord) -> tuple[Condition, ...]:
    enough, progress = record.availability.enough, record.progress
    available = Condition(
        "Available",
        enough,
        record.availability.since,
        "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable",
        f"Deployment {'has' if enough else 'does not have'} minimum availability.",
        record.availability.since,
    )
    if deployment.spec.progress_deadline_seconds >= LONGEST_DEADLINE:
        return (available,)
    message = _MESSAGES[progress.reason].format(f"{deployment.metadata.name}-{progress.version}")
    status = progress_status(progress.reason)
    return (
        available,
        Condition("Progressing", status, progress.since, progress.reason.value, message, progress.updated_at),
    )
