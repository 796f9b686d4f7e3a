"""How changed limits reach a container that runs (Kubernetes: core/v1 validation, ContainerResizePolicy)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.repeated import check_unique
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json


def check_resize_policy(container: Mapping[str, Json], spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Each resource has one policy, and what is never started again is not to be restarted."""
    policies = container.get("resizePolicy", [])
    yield from check_unique(policies, path, "resourceName", "a resource")
    for index, policy in enumerate(policies):
        if policy["restartPolicy"] == "RestartContainer" and spec.get("restartPolicy") == "Never":
            message = "RestartContainer contradicts the pod's restartPolicy Never"
            yield Finding("wrong-combination", (*path, index, "restartPolicy"), message, "write NotRequired")
