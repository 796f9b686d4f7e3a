"""A pod's parts must agree with each other (Kubernetes: core/v1 validation, PodSpec)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.pods.containers import check_container, check_names
from gitpod_sync.manifests.checks.pods.engine import check_engine
from gitpod_sync.manifests.checks.pods.host_access import check_host_access
from gitpod_sync.manifests.checks.pods.host_ports import check_host_network, check_host_ports
from gitpod_sync.manifests.checks.pods.names import check_name_service
from gitpod_sync.manifests.checks.pods.placement import check_placement
from gitpod_sync.manifests.checks.pods.ports import check_port_names
from gitpod_sync.manifests.checks.pods.resources import check_pod_resources
from gitpod_sync.manifests.checks.pods.security import check_pod_security
from gitpod_sync.manifests.checks.pods.volumes import check_volumes
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.templates import Template, parts_of
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.pods.termination_messages import MOST_CONTAINERS


def check_pod(template: Template, state_dir: str) -> Iterator[Finding]:
    """Findings on the pod spec of a template."""
    spec, path = template.spec, template.spec_path
    parts = tuple(parts_of(spec))
    names = frozenset(part.container["name"] for part in parts)
    volumes = template.claims | {volume["name"] for volume in spec.get("volumes", [])}
    yield from check_names(parts, spec, path)
    if len(parts) > MOST_CONTAINERS:
        message = f"the pod has {len(parts)} containers, and a sandbox has places for the messages of {MOST_CONTAINERS}"
        yield Finding("too-many", (*path, "containers"), message, "make several pods of it")
    for part in parts:
        yield from check_container(part, spec, path, names, volumes)
    yield from check_port_names(parts, path)
    yield from check_volumes(spec, path, names)
    yield from check_host_ports(spec, parts, path)
    if spec.get("hostNetwork"):
        yield from check_host_network(parts, path)
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        message = "`hostPID` and `shareProcessNamespace` exclude each other"
        yield Finding("wrong-combination", (*path, "shareProcessNamespace"), message, "keep one of the two")
    if "securityContext" in spec:
        yield from check_pod_security(spec, (*path, "securityContext"))
    if "resources" in spec:
        yield from check_pod_resources(spec["resources"], (*path, "resources"))
    yield from check_name_service(spec, path)
    yield from check_engine(spec, parts, path)
    yield from check_host_access(spec, parts, path, state_dir)
    yield from check_placement(spec, path, template.labels)


def check_mortal(spec: Mapping[str, Json], path: FieldPath, kind: str) -> Iterator[Finding]:
    """Pods that a controller keeps running have no deadline (Kubernetes: apps/v1 validation)."""
    if "activeDeadlineSeconds" in spec:
        message = f"the pods of a {kind} are kept running, without a deadline"
        where = (*path, "activeDeadlineSeconds")
        yield Finding("wrong-combination", where, message, "take it out, or make it a Job", on_key=True)
