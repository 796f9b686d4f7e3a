"""A validated and settled mapping to the typed object of its kind."""

from collections.abc import Mapping

from gitpod_sync.manifests.schema.app_armor import with_profiles
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.desired import Object

REPLICATION_CONTROLLER = "ReplicationController"


def build(kind: str, as_type: type[Object], value: Mapping[str, Json]) -> Object:
    """The object. Raises `ManifestError` when a value cannot be understood all the same."""
    if kind == REPLICATION_CONTROLLER:
        value = {**value, "spec": _with_label_selector(value["spec"])}
    return decode(as_type, with_profiles(kind, value))


def _with_label_selector(spec: Mapping[str, Json]) -> Mapping[str, Json]:
    """A plain map becomes matchLabels; without one the template's labels select (Kubernetes: ReplicationController)."""
    labels = spec.get("selector") or spec["template"].get("metadata", {}).get("labels", {})
    return {**spec, "selector": {"matchLabels": labels}}
