"""Every check on one object, by its kind."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from gitpod_sync.manifests.checks.configs import check_config_map, check_secret
from gitpod_sync.manifests.checks.pods import check_pod_spec
from gitpod_sync.manifests.checks.ports import check_host_ports
from gitpod_sync.manifests.checks.workloads import check_deployment, check_replicas
from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.model.configs import ConfigMap, Namespace, Secret
from gitpod_sync.model.desired import Object
from gitpod_sync.model.labels import PREFIX
from gitpod_sync.model.workloads import Deployment, Pod, ReplicaSet, ReplicationController


def check_object(item: Object, written: Mapping[str, Json]) -> Iterator[Finding]:
    """All findings on a typed object; `written` is its JSON, for what a default would hide."""
    yield from _check_labels(item.metadata.labels, ("metadata", "labels"))
    match item:
        case Pod():
            yield from check_pod_spec(item.spec, ("spec",))
            yield from check_host_ports(item)
        case ReplicaSet() | ReplicationController() | Deployment():
            template = item.spec.template
            yield from _check_labels(template.metadata.labels, ("spec", "template", "metadata", "labels"))
            yield from check_pod_spec(template.spec, ("spec", "template", "spec"))
            yield from check_replicas(item)
            yield from check_host_ports(item)
            if isinstance(item, Deployment):
                yield from check_deployment(item, written)
        case ConfigMap():
            yield from check_config_map(item)
        case Secret():
            yield from check_secret(item)
        case Namespace():
            pass
        case _ as never:
            assert_never(never)


def _check_labels(labels: Mapping[str, str], path: FieldPath) -> Iterator[Finding]:
    for key in sorted(labels):
        if key.startswith(PREFIX):
            message = f"labels that begin with {PREFIX} are kept for gitpod-sync itself"
            yield Finding("reserved-label", (*path, key), message, "use a prefix of your own", on_key=True)
