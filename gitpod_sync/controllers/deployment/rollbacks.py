"""A rollout that has failed, and the way back from it.

A rollout has failed when its progress deadline has passed. With `rollback` the Deployment returns to the last revision
that was fully available, and the failed version of the object is not tried again until a commit changes the object or
a person asks for it. The way back has no way back of its own, so that nothing goes round in circles.
"""

from dataclasses import replace

from gitpod_sync.controllers.shared.revisions import find_revision
from gitpod_sync.controllers.shared.rollout_target import RolloutTarget, find_intervention, lost_undo
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.base.labels import ON_FAILURE
from gitpod_sync.model.pods.hashing import object_hash, template_hash
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import DeploymentRecord, Hold, Progress, ProgressReason
from gitpod_sync.model.workloads.rollouts import OnFailure
from gitpod_sync.model.workloads.workloads import Deployment


def recall(deployment: Deployment, view: WorkloadView) -> tuple[DeploymentRecord, tuple[Intervention, ...]]:
    """The record, without a hold that has fallen; and the orders that are done with."""
    record = view.record if isinstance(view.record, DeploymentRecord) else DeploymentRecord()
    retry = find_intervention(view.interventions, Verb.RETRY)
    hold = record.hold
    # Another version of the same object: something that it refers to has changed.
    if hold and (
        retry
        or hold.failed != template_hash(deployment.spec.template)
        or hold.object != _written_hash(deployment, view)
    ):
        record = replace(record, hold=None)
    if retry:
        record = replace(record, progress=Progress())
    return record, (*((retry,) if retry else ()), *lost_undo(view.interventions, record.revisions))


def begin_rollback(
    deployment: Deployment, view: WorkloadView, record: DeploymentRecord, target: RolloutTarget
) -> tuple[Event, DeploymentRecord] | None:
    """The event and the record with which a rollback begins; None when this decision begins none."""
    good = find_revision(record.revisions, record.good)
    # Where a person has said which version is to be had, be it the one that Git asks for, there is no way back from it.
    said = find_intervention(view.interventions, Verb.UNDO) is not None
    failed = record.progress.reason is ProgressReason.EXCEEDED and target.override is None and not said
    if not failed or good is None or good.hash == target.revision or on_failure(deployment, view) is OnFailure.HOLD:
        return None
    hold = Hold(_written_hash(deployment, view), target.revision, good.hash, view.now)
    message = (
        f"version {target.hash} made no progress for {deployment.spec.progress_deadline_seconds} s; "
        f"back to revision {good.number}, which was fully available"
    )
    return Event(deployment.key, "RolledBack", message, EventType.WARNING), replace(record, hold=hold)


def _written_hash(deployment: Deployment, view: WorkloadView) -> str:
    """Hash of the object as Git has it: scaling is no commit that changes it."""
    return object_hash(view.written or deployment)


def on_failure(deployment: Deployment, view: WorkloadView) -> OnFailure:
    """The reaction to a failed rollout that the Deployment asks for, else the configuration's."""
    said = deployment.metadata.annotations.get(ON_FAILURE, "")
    return OnFailure(said) if said in set(OnFailure) else view.on_failure


def tell_failure(deployment: Deployment, before: Progress, after: Progress) -> tuple[Event, ...]:
    """A deadline that has passed just now."""
    if after.reason is not ProgressReason.EXCEEDED or before.reason is ProgressReason.EXCEEDED:
        return ()
    message = f"version {after.version} has made no progress for {deployment.spec.progress_deadline_seconds} s"
    return (Event(deployment.key, "ProgressDeadlineExceeded", message, EventType.WARNING),)
