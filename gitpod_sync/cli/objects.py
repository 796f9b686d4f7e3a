"""Kubernetes objects for `get -o json|yaml`: what was asked, and a status. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from gitpod_sync.cli.listing import PodItem, WorkloadItem
from gitpod_sync.cli.particulars import add_particulars
from gitpod_sync.controllers.pod_state import ContainerState, Phase, StateKind
from gitpod_sync.model.codec import Json, encode
from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.qos import compute_qos_class
from gitpod_sync.model.workloads import Deployment, ReplicaSet, ReplicationController


def pod_object(item: PodItem) -> Json:
    """A v1 Pod."""
    state = item.state
    identity = state.pod.identity if state else None
    metadata: Json = {"namespace": item.namespace, "name": item.name, **_labels(item.template)}
    if identity:
        metadata["uid"] = identity.uid
        if identity.owner.kind != "Pod":
            owner = {"kind": identity.owner.kind, "name": identity.owner.name, "controller": True}
            metadata["ownerReferences"] = [owner]
    if item.created_at is not None:
        metadata["creationTimestamp"] = _timestamp(item.created_at)
    status: Json = {"phase": (state.phase if state else Phase.PENDING).value}
    if item.status != status["phase"]:
        status["reason"] = item.status
    if item.address:
        status["podIP"] = item.address
    status["qosClass"] = compute_qos_class(item.template.spec).value
    if state:
        conditions = {"Ready": state.ready, "ContainersReady": state.ready}
        status["conditions"] = [{"type": kind, "status": str(value)} for kind, value in conditions.items()]
        images = {container.name: container.image for container in item.template.spec.containers}
        status["containerStatuses"] = [_container_status(each, images[each.name]) for each in item.containers]
    spec = encode(item.template.spec)
    found = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}
    return add_particulars(found, item)


def workload_object(item: WorkloadItem) -> Json:
    """An apps/v1 Deployment or ReplicaSet, or a v1 ReplicationController."""
    workload, counts = item.workload, item.status
    metadata: Json = {"namespace": workload.key.namespace, "name": workload.key.name}
    metadata |= {name: dict(value) for name in ("labels", "annotations") if (value := getattr(workload.metadata, name))}
    status: Json = {
        "replicas": counts.current,
        "readyReplicas": counts.ready,
        "availableReplicas": counts.available,
    }
    if isinstance(workload, Deployment):
        status["updatedReplicas"] = counts.updated
        status["unavailableReplicas"] = max(0, counts.desired - counts.available)
    spec = {"replicas": counts.desired, **encode(workload.spec)}
    if isinstance(workload, ReplicationController):
        spec["selector"] = dict(workload.spec.selector.match_labels)
    version = "apps/v1" if isinstance(workload, Deployment | ReplicaSet) else "v1"
    return {"apiVersion": version, "kind": workload.key.kind, "metadata": metadata, "spec": spec, "status": status}


def list_object(items: Iterable[Json]) -> Json:
    """A v1 List."""
    return {"apiVersion": "v1", "kind": "List", "items": list(items)}


def _labels(template: PodTemplate) -> Json:
    metadata = template.metadata
    return {
        name: dict(value)
        for name, value in (("labels", metadata.labels), ("annotations", metadata.annotations))
        if value
    }


def _container_status(state: ContainerState, image: str) -> Json:
    detail: Json = {"reason": state.reason} if state.reason else {}
    if state.exit_code is not None:
        detail["exitCode"] = state.exit_code
    for name, at in (("startedAt", state.started_at), ("finishedAt", state.finished_at)):
        if at is not None:
            detail[name] = _timestamp(at)
    running = state.kind is StateKind.RUNNING
    return {
        "name": state.name,
        "image": image,
        "ready": running and not state.reason,
        "restartCount": state.restarts,
        "state": {state.kind.value: detail},
    }


def _timestamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
