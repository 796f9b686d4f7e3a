"""Names by which pods find each other: the engine gives a host name to the whole network, whatever the namespace."""

from collections.abc import Mapping

from gitpod_sync.manifests.checks.spots import Locate, Spot
from gitpod_sync.manifests.schema.templates import Template
from gitpod_sync.manifests.yaml.documents import Json

NetworkName = tuple[str, Spot]
_NAME = ("metadata", "name")


def network_name(kind: str, value: Mapping[str, Json], template: Template, locate: Locate) -> NetworkName | None:
    """The chosen name of a pod, and its place; the pods of controllers have a suffix of their own."""
    spec = template.spec
    if spec.get("hostNetwork") or (spec.get("setHostnameAsFQDN") and spec.get("subdomain")):
        return None
    if spec.get("hostname"):
        return spec["hostname"], locate((*template.spec_path, "hostname"))
    if kind == "Pod":
        return value["metadata"]["name"], locate(_NAME)
    if kind == "StatefulSet":
        first = value["spec"].get("ordinals", {}).get("start", 0)
        return f"{value['metadata']['name']}-{first}", locate(_NAME)
    return None
