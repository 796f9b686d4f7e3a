"""Every check on one object, by its kind."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from gitpod_sync.manifests.checks.others.configs import check_config_map, check_secret
from gitpod_sync.manifests.checks.others.ingresses import check_ingress
from gitpod_sync.manifests.checks.others.metadata import check_annotation_size, check_metadata
from gitpod_sync.manifests.checks.others.ownership import check_finalizers, check_ownership
from gitpod_sync.manifests.checks.others.services import check_service
from gitpod_sync.manifests.checks.pods.claims import check_claim, check_made_claims
from gitpod_sync.manifests.checks.pods.pod_annotations import check_pod_annotations
from gitpod_sync.manifests.checks.pods.pods import check_pod
from gitpod_sync.manifests.checks.workloads.autoscalers import check_autoscaler
from gitpod_sync.manifests.checks.workloads.budgets import check_budget, check_priority_class
from gitpod_sync.manifests.checks.workloads.controllers import check_controller
from gitpod_sync.manifests.checks.workloads.cron_jobs import check_cron_job
from gitpod_sync.manifests.checks.workloads.dependencies import check_dependencies
from gitpod_sync.manifests.checks.workloads.failed_rollouts import check_on_failure
from gitpod_sync.manifests.checks.workloads.jobs import check_job
from gitpod_sync.manifests.checks.workloads.rollouts import check_daemon_set, check_deployment, check_stateful_set
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.policy import DEFAULT_POLICY
from gitpod_sync.manifests.schema.templates import template_of
from gitpod_sync.manifests.yaml.documents import Json

_WITH_OWN_FINALIZERS = {"CustomResourceDefinition"}
"""Kinds whose finalizers need no domain."""


def _check_namespace(value: Mapping[str, Json]) -> Iterator[Finding]:
    yield from check_finalizers(value.get("spec", {}).get("finalizers", []), ("spec", "finalizers"))


CHECKS: Mapping[str, Callable[[Mapping[str, Json]], Iterator[Finding]]] = {
    "Namespace": _check_namespace,
    "Pod": check_made_claims,
    "ReplicaSet": partial(check_controller, "ReplicaSet"),
    "ReplicationController": partial(check_controller, "ReplicationController"),
    "Deployment": check_deployment,
    "StatefulSet": check_stateful_set,
    "DaemonSet": check_daemon_set,
    "Job": check_job,
    "CronJob": check_cron_job,
    "ConfigMap": check_config_map,
    "Secret": check_secret,
    "PersistentVolumeClaim": check_claim,
    "Service": check_service,
    "Ingress": check_ingress,
    "PodDisruptionBudget": check_budget,
    "PriorityClass": check_priority_class,
    "HorizontalPodAutoscaler": check_autoscaler,
}
"""What is asked of the kind alone. Kinds that are still to come are checked as well."""


def check_object(kind: str, value: Mapping[str, Json], state_dir: str = DEFAULT_POLICY.state_dir) -> Iterator[Finding]:
    """All findings within one object that is as its schema says; paths begin at the object's root.

    The value is the one written: what has no meaning here is still held to Kubernetes' rules, and an empty text or list
    is taken as absent where Kubernetes does so. `state_dir` is a folder of the node that no pod should have.
    """
    metadata: Mapping[str, Json] = value.get("metadata", {})
    yield from check_metadata(metadata, ("metadata",))
    if kind not in _WITH_OWN_FINALIZERS:
        yield from check_ownership(metadata, ("metadata",))
    yield from check_dependencies(kind, value)
    yield from check_on_failure(kind, value)
    template = template_of(kind, value)
    if template is not None:
        if template.path:
            where = (*template.path, "metadata")
            yield from check_metadata({"labels": template.labels}, where)
            yield from check_annotation_size(template.annotations, (*where, "annotations"))
        yield from check_pod_annotations(template)
        yield from check_pod(template, state_dir)
    check = CHECKS.get(kind)
    if check is not None:
        yield from check(value)
