"""Which kinds there are: those honoured, those that mean nothing on a Docker host, and those Kubernetes knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.model.configs import ConfigMap, Namespace, Secret
from gitpod_sync.model.desired import Object
from gitpod_sync.model.workloads import Deployment, Pod, ReplicaSet, ReplicationController


@dataclass(frozen=True, slots=True)
class Kind:
    """An honoured kind: its schema's file and the type of its objects."""

    api_version: str
    name: str
    schema: str
    type: type[Object]


HONOURED: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("v1", "Namespace", "namespace.json", Namespace),
        Kind("v1", "Pod", "pod.json", Pod),
        Kind("apps/v1", "ReplicaSet", "replicaset.json", ReplicaSet),
        Kind("v1", "ReplicationController", "replicationcontroller.json", ReplicationController),
        Kind("apps/v1", "Deployment", "deployment.json", Deployment),
        Kind("v1", "ConfigMap", "configmap.json", ConfigMap),
        Kind("v1", "Secret", "secret.json", Secret),
    )
}

LIST = "List"
LIST_SCHEMA = "list.json"

_API_SERVER = "there is no API server to guard or extend here"
_NO_CLUSTER = "there is no cluster to describe here"
WITHOUT_MEANING: Mapping[str, str] = {
    "APIService": _API_SERVER,
    "CSIDriver": _NO_CLUSTER,
    "CSINode": _NO_CLUSTER,
    "ClusterRole": _API_SERVER,
    "ClusterRoleBinding": _API_SERVER,
    "CustomResourceDefinition": _API_SERVER,
    "FlowSchema": _API_SERVER,
    "MutatingAdmissionPolicy": _API_SERVER,
    "MutatingAdmissionPolicyBinding": _API_SERVER,
    "MutatingWebhookConfiguration": _API_SERVER,
    "PriorityLevelConfiguration": _API_SERVER,
    "Role": _API_SERVER,
    "RoleBinding": _API_SERVER,
    "RuntimeClass": _NO_CLUSTER,
    "ServiceAccount": _API_SERVER,
    "StorageClass": _NO_CLUSTER,
    "ValidatingAdmissionPolicy": _API_SERVER,
    "ValidatingAdmissionPolicyBinding": _API_SERVER,
    "ValidatingWebhookConfiguration": _API_SERVER,
}
"""Kinds that are passed over with a note: leaving them out changes nothing about what runs."""
