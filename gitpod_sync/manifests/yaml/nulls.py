"""The meaning of a null inside a mapping.

Kubernetes decodes an object into fields and maps: a null leaves a field as it is, and makes an entry with an empty text
in a map of texts. A field that nobody knows is unknown with a null as well (Kubernetes: strict decoding).
"""

from collections.abc import Mapping
from typing import Any

from gitpod_sync.manifests.yaml.composer import Json, Places


def with_nulls(value: Json, places: Places | None, schema: Mapping[str, Any]) -> Json:
    """The value with the nulls that have a place and mean something: as an empty text, or to be refused as unknown."""
    if not places:
        return value
    if isinstance(value, list):
        items = schema.get("items", {})
        return [with_nulls(item, places[index][2], items) for index, item in enumerate(value)]
    return _mapping(value, places, schema)


def _mapping(value: dict[str, Json], places: Places, schema: Mapping[str, Any]) -> dict[str, Json]:
    fields: Mapping[str, Any] = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    meant = {key: with_nulls(item, places[key][2], fields.get(key) or others or {}) for key, item in value.items()}
    for key in map(str, places):
        if key in value or key in fields:
            continue
        if others is False:
            meant[key] = None
        elif others.get("type") == "string":
            meant[key] = ""
    return meant
