"""Where each kind keeps the pods that it asks for, and the containers of a pod."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Template:
    """What an object's pods are made from, and the path to it; a bare Pod is its own template.

    `claims` are the volumes that a StatefulSet adds to every pod, by name.
    """

    labels: Mapping[str, str]
    spec: Mapping[str, Json]
    path: FieldPath
    claims: frozenset[str] = frozenset()
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def spec_path(self) -> FieldPath:
        """Where the pod's spec stands."""
        return (*self.path, "spec")


def template_of(kind: str, value: Mapping[str, Json]) -> Template | None:
    """The template of an object, or None when its kind asks for no pods."""
    path = KINDS[kind].template if kind in KINDS else None
    if path is None:
        return None
    at: Json = value
    for step in path:
        at = at[step]
    claims = value["spec"].get("volumeClaimTemplates", []) if kind == "StatefulSet" else []
    names = frozenset(claim.get("metadata", {}).get("name", "") for claim in claims)
    metadata = at.get("metadata", {})
    return Template(metadata.get("labels", {}), at["spec"], path, names, metadata.get("annotations", {}))


class ContainerRole(StrEnum):
    """When a container of a pod runs."""

    APP = "container"
    INIT = "init container"
    SIDECAR = "sidecar"
    """An init container that keeps running (Kubernetes: "Sidecar Containers", restartPolicy Always)."""
    EPHEMERAL = "ephemeral container"


@dataclass(frozen=True, slots=True)
class Part:
    """A container of a pod, its role, and its path from the pod's spec."""

    container: Mapping[str, Json]
    role: ContainerRole
    path: FieldPath


def parts_of(spec: Mapping[str, Json]) -> Iterator[Part]:
    """The containers of a pod, those of the app first."""
    for index, container in enumerate(spec["containers"]):
        yield Part(container, ContainerRole.APP, ("containers", index))
    for index, container in enumerate(spec.get("initContainers", [])):
        role = ContainerRole.SIDECAR if container.get("restartPolicy") == "Always" else ContainerRole.INIT
        yield Part(container, role, ("initContainers", index))
    for index, container in enumerate(spec.get("ephemeralContainers", [])):
        yield Part(container, ContainerRole.EPHEMERAL, ("ephemeralContainers", index))
