"""Kubernetes objects for `get -o json|yaml`: what was asked, and a status. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from gitpod_sync.controllers.pod.container_state import ContainerState, StateKind, end_reason
from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.controllers.shared.conditions import Condition, compute_conditions
from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.qos import compute_qos_class
from gitpod_sync.model.records.records import DeploymentRecord
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.model.workloads.workloads import Deployment, ReplicationController
from gitpod_sync.plan.scheduling.reasons import is_rejection
from gitpod_sync.plan.waiting import Waiting
from gitpod_sync.resources.items import PodItem, WorkloadItem
from gitpod_sync.resources.pod_details import add_particulars
from gitpod_sync.resources.statuses import daemon_status, replica_status
from gitpod_sync.resources.written import metadata_of, object_of

REVISION = "deployment.kubernetes.io/revision"
"""The annotation in which Kubernetes shows a Deployment's revision."""


def pod_object(item: PodItem) -> Json:
    """A v1 Pod."""
    state = item.state
    identity = state.pod.identity if state else None
    metadata = _metadata(item, state.pod if state else None)
    status: Json = {"phase": (state.phase if state else Phase.PENDING).value}
    if state and (state.reason or state.lost or state.pod.ending):
        # What its containers wait for, or have come to, stands at them.
        status["reason"] = item.status
    if state and state.message:
        status["message"] = state.message
    for name, address in (("hostIP", item.node_address if state else ""), ("podIP", item.address)):
        if address:
            status |= {name: address, f"{name}s": [{"ip": address}]}
    status["qosClass"] = compute_qos_class(item.template.spec).value
    if state:
        if item.created_at is not None:
            status["startTime"] = render_rfc3339(item.created_at)
        status["conditions"] = [_condition(each) for each in compute_conditions(state)]
        images = {container.name: container.image for container in item.template.spec.all_containers}
        sidecars = {each.name for each in item.template.spec.sidecars}
        if state.init:
            status["initContainerStatuses"] = [
                _init_status(each, images[each.name], sidecar=each.name in sidecars) for each in state.init
            ]
        status["containerStatuses"] = [_container_status(each, images[each.name]) for each in item.containers]
    elif item.held_up is not None:
        status |= _why_not_made(item.held_up)
    spec = encode(item.template.spec)
    if identity:
        spec |= {"priority": identity.priority, "nodeName": item.node}
    return add_particulars(object_of("Pod", metadata, spec, status), item)


def _metadata(item: PodItem, pod: ObservedPod | None) -> Json:
    written = item.template.metadata
    metadata = metadata_of(replace(written, namespace=item.namespace, name=item.name))
    if pod:
        metadata["uid"] = pod.identity.uid
        if pod.owner.kind != "Pod":
            owner = {"kind": pod.owner.kind, "name": pod.owner.name, "controller": True}
            metadata["ownerReferences"] = [owner]
    if item.created_at is not None:
        metadata["creationTimestamp"] = render_rfc3339(item.created_at)
    return metadata


def workload_object(item: WorkloadItem) -> Json:
    """A workload other than a pod: of apps/v1, but for a v1 ReplicationController."""
    workload, counts = item.workload, item.status
    metadata = metadata_of(workload.metadata)
    written = encode(workload.spec)
    spec = written if isinstance(workload, DaemonSet) else {"replicas": counts.desired, **written}
    if isinstance(workload, ReplicationController):
        spec["selector"] = dict(workload.spec.selector.match_labels)
    status = daemon_status(counts) if isinstance(workload, DaemonSet) else replica_status(counts)
    conditions = [_condition(each) for each in workload_conditions(item)]
    if conditions:
        status["conditions"] = conditions
    if isinstance(workload, Deployment):
        metadata.setdefault("annotations", {})[REVISION] = str(revision_of(item))
        status["updatedReplicas"] = counts.updated
        status["unavailableReplicas"] = max(0, counts.desired - counts.available)
    return object_of(workload.key.kind, metadata, spec, status)


def workload_conditions(item: WorkloadItem) -> tuple[Condition, ...]:
    """Conditions of the workload: its own, pods that could not be made, and a version other than Git's newest."""
    found = [*item.status.conditions]
    if item.unmade:
        found.append(Condition("ReplicaFailure", status=True, since=None, reason="FailedCreate", message=item.unmade))
    if item.status.failed or item.status.held:
        reason, message = ("Failed", item.status.failed) if item.status.failed else ("Held", item.status.held)
        found.append(Condition("gitpod-sync.io/InSync", status=False, since=None, reason=reason, message=message))
    return tuple(found)


def revision_of(item: WorkloadItem) -> int:
    """The number of the revision that a Deployment has; 0 when it is not known."""
    revisions = item.record.revisions if isinstance(item.record, DeploymentRecord) else ()
    return revisions[-1].number if revisions else 0


def list_object(items: Iterable[Json]) -> Json:
    """A v1 List."""
    return {"apiVersion": "v1", "kind": "List", "items": list(items)}


def _why_not_made(waiting: Waiting) -> Json:
    """The reason: a pod without a place shows it in a condition, a pod that its node does not admit in its status."""
    if is_rejection(waiting.reason):
        return {"reason": waiting.reason, "message": waiting.message}
    condition = {"type": "PodScheduled", "status": "False", "reason": waiting.reason, "message": waiting.message}
    return {"conditions": [condition]}


def _condition(condition: Condition) -> Json:
    status = "Unknown" if condition.status is None else str(condition.status)
    written: Json = {"type": condition.type, "status": status}
    for name, at in (("lastUpdateTime", condition.updated_at), ("lastTransitionTime", condition.since)):
        if at is not None:
            written[name] = render_rfc3339(at)
    for name, text in (("reason", condition.reason), ("message", condition.message)):
        if text:
            written[name] = text
    return written


def _container_status(state: ContainerState, image: str) -> Json:
    status: Json = {
        "name": state.name,
        "image": image,
        "ready": state.ready,
        "started": state.started,
        "restartCount": state.restarts,
        "state": {state.kind.value: _detail(state)},
    }
    earlier = _last_end(state)
    if earlier:
        status["lastState"] = {StateKind.TERMINATED.value: earlier}
    return status


def _init_status(state: ContainerState, image: str, *, sidecar: bool) -> Json:
    """An init container is ready when it has done its work, a sidecar like any container that runs."""
    done = state.final and state.exit_code == 0
    return {**_container_status(state, image), "ready": done or (sidecar and state.ready)}


def _detail(state: ContainerState) -> Json:
    """The detail that Kubernetes has for each kind of state: a reason to wait, a start, or an end with its causes."""
    match state.kind:
        case StateKind.WAITING:
            return {"reason": state.reason} if state.reason else {}
        case StateKind.RUNNING:
            return {"startedAt": render_rfc3339(state.started_at)} if state.started_at is not None else {}
        case StateKind.TERMINATED:
            return _end(state.reason, state.exit_code or 0, state.started_at, state.finished_at)
        case _ as never:
            assert_never(never)


def _last_end(state: ContainerState) -> Json:
    """The end before the present state: of this attempt while the next one is awaited, else of the one before."""
    if state.kind is StateKind.WAITING and state.exit_code is not None:
        return _end(state.end_reason, state.exit_code, state.started_at, state.finished_at)
    if state.earlier is None:
        return {}
    ended = state.earlier
    return _end(end_reason(ended), ended.exit_code, ended.started_at, ended.finished_at)


def _end(reason: str, exit_code: int, started_at: float | None, finished_at: float | None) -> Json:
    end: Json = {"reason": reason, "exitCode": exit_code}
    for name, at in (("startedAt", started_at), ("finishedAt", finished_at)):
        if at is not None:
            end[name] = render_rfc3339(at)
    return end
