"""Target ports of Services that mean none: Kubernetes takes 0 and "" for not given (core/v1, defaults of Service)."""

from dataclasses import replace

from gitpod_sync.manifests.schema.object_kinds import Item
from gitpod_sync.manifests.yaml.documents import Json

_FIELD = "targetPort"


def with_meant_ports(item: Item) -> Item:
    """The Service without them; other objects as they are."""
    spec = item.value.get("spec") if item.kind.name == "Service" else None
    ports = spec.get("ports") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(ports, list) or not any(map(_names_none, ports)):
        return item
    meant = [{name: port[name] for name in port if name != _FIELD} if _names_none(port) else port for port in ports]
    return replace(item, value={**item.value, "spec": {**spec, "ports": meant}})


def _names_none(port: Json) -> bool:
    written = port.get(_FIELD) if isinstance(port, dict) else None
    return written == "" or (written == 0 and type(written) is int)
