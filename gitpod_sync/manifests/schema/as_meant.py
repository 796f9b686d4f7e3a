"""Objects as they are meant, in the words that the schemas know: a generated name, a port in its proper form."""

import json
from dataclasses import replace

from gitpod_sync.manifests.schema.object_kinds import Item
from gitpod_sync.manifests.yaml.documents import Json
from gitpod_sync.model.pods.hashing import safe_digest

_SUFFIX = 5
_LONGEST_PREFIX = 58
"""Kubernetes cuts the prefix so that the name is no longer than a DNS label (apiserver: names, SimpleNameGenerator)."""

_CONFIDENTIAL = "Secret"
_PORT = "targetPort"


def with_generated_name(item: Item) -> Item:
    """The item with a name, if it asks for one to be made with `generateName`.

    An API server draws a suffix at every creation; here it follows from the object's content. So the object keeps its
    name from one reading to the next, and gets another one with every change, as is wanted of a Job that runs once a
    change. A Secret is left without: its name would tell a hash of what it holds.
    """
    metadata: Json = item.value.get("metadata")
    if item.kind.name == _CONFIDENTIAL or not isinstance(metadata, dict) or metadata.get("name"):
        return item
    prefix = metadata.get("generateName")
    if not isinstance(prefix, str) or not prefix:
        return item
    content = json.dumps(item.value, sort_keys=True, separators=(",", ":"))
    name = prefix[:_LONGEST_PREFIX] + safe_digest(content, _SUFFIX)
    return replace(item, value={**item.value, "metadata": {**metadata, "name": name}})


def with_meant_ports(item: Item) -> Item:
    """A Service without the target ports that name none; other objects as they are.

    Kubernetes takes 0 and "" for not given (core/v1, defaults of Service).
    """
    spec = item.value.get("spec") if item.kind.name == "Service" else None
    ports = spec.get("ports") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(ports, list) or not any(map(_names_none, ports)):
        return item
    meant = [{name: port[name] for name in port if name != _PORT} if _names_none(port) else port for port in ports]
    return replace(item, value={**item.value, "spec": {**spec, "ports": meant}})


def _names_none(port: Json) -> bool:
    written = port.get(_PORT) if isinstance(port, dict) else None
    return written == "" or (written == 0 and type(written) is int)
