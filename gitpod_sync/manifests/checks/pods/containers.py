"""One container of a pod, by its role (Kubernetes: core/v1 validation, Container; "Init Containers")."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.checks.pods.env import check_env
from gitpod_sync.manifests.checks.pods.handlers import check_lifecycle
from gitpod_sync.manifests.checks.pods.lengths import check_lengths
from gitpod_sync.manifests.checks.pods.mounts import check_mounts
from gitpod_sync.manifests.checks.pods.ports import check_ports
from gitpod_sync.manifests.checks.pods.probes import PROBES, check_probes
from gitpod_sync.manifests.checks.pods.resources import check_resize_policy, check_resources
from gitpod_sync.manifests.checks.pods.security import check_container_security
from gitpod_sync.manifests.checks.pods.texts import check_texts
from gitpod_sync.manifests.checks.repeated import repeated
from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.schema.templates import ContainerRole, Part
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_NOT_FOR_INIT = (*PROBES, "lifecycle", "resizePolicy")


def check_names(parts: Sequence[Part], spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """No two containers of a pod have the same name, whatever their roles. The later one is reported."""
    if len(parts) == 1:
        return
    lists = list(spec)
    written = sorted(parts, key=lambda part: lists.index(str(part.path[0])))
    for index, first, name in repeated(part.container["name"] for part in written):
        message = f"a container named `{name}` is already at {render_path((*path, *written[first].path))}"
        yield Finding("duplicate", (*path, *written[index].path, "name"), message, "give each its own")


def check_container(
    part: Part, spec: Mapping[str, Json], path: FieldPath, containers: frozenset[str], volumes: frozenset[str]
) -> Iterator[Finding]:
    """Findings on one container of the pod spec at `path`, which has these containers and volumes."""
    container, where = part.container, (*path, *part.path)
    yield from _check_role(part, where)
    if "resources" in container:
        yield from check_resources(container["resources"], (*where, "resources"))
    if "volumeMounts" in container or "volumeDevices" in container:
        yield from check_mounts(container, where, volumes)
    if "ports" in container:
        yield from check_ports(container["ports"], (*where, "ports"))
    if "env" in container or "envFrom" in container:
        yield from check_env(container, where, containers)
        yield from check_lengths(container, where)
    yield from check_probes(container, where)
    yield from check_texts(container, where)
    if "lifecycle" in container:
        yield from check_lifecycle(container, spec, (*where, "lifecycle"))
    if "resizePolicy" in container:
        yield from check_resize_policy(container, spec, (*where, "resizePolicy"))
    yield from check_container_security(container, spec.get("securityContext", {}), where)


def _check_role(part: Part, path: FieldPath) -> Iterator[Finding]:
    container = part.container
    if part.role is ContainerRole.INIT:
        for field in _NOT_FOR_INIT:
            if container.get(field):
                message = f"`{field}` is not for init containers, which run once and end"
                hint = "take it out, or make it a sidecar with `restartPolicy: Always`"
                yield Finding("wrong-combination", (*path, field), message, hint, on_key=True)
    policy = container.get("restartPolicy")
    if policy and part.role is ContainerRole.INIT:
        message = f"a restartPolicy of its own makes an init container a sidecar, and is Always, not {policy}"
        yield Finding("wrong-restart-policy", (*path, "restartPolicy"), message, "write Always, or take it out")
    elif policy and part.role is not ContainerRole.SIDECAR:
        message = "only init containers have a restartPolicy of their own, which makes them sidecars"
        hint = "set the `restartPolicy` of the pod, or move the container to `initContainers`"
        yield Finding("wrong-restart-policy", (*path, "restartPolicy"), message, hint, on_key=True)
