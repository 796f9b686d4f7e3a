"""The objects that a document holds, as far as they can be kept apart; valid or not."""

from dataclasses import dataclass

from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE, Key
from gitpod_sync.model.kinds import is_namespaced


@dataclass(frozen=True, slots=True)
class Seen:
    """An object and where it begins. Parts of its key that are missing or no text are ``""``."""

    object: Key
    file: str
    line: int


def object_at(document: Json, path: FieldPath) -> tuple[Key, FieldPath] | None:
    """The object that a path in a document leads into, and its own path; None for a List itself and for no object."""
    value, root = document, 0
    while _is_list(value) and path[root : root + 1] == ("items",) and len(path) > root + 1:
        items, index = value.get("items"), path[root + 1]
        if not isinstance(items, list) or not isinstance(index, int) or index >= len(items):
            return None
        value, root = items[index], root + 2
    if _is_list(value) or not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        return None
    return _key_of(value), path[:root]


def _is_list(value: Json) -> bool:
    """A `List`, or the list of one kind."""
    return isinstance(value, dict) and str(value.get("kind")).endswith("List")


def _key_of(value: dict[str, Json]) -> Key:
    metadata = value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    kind, name, namespace = value["kind"], metadata.get("name", ""), metadata.get("namespace") or DEFAULT_NAMESPACE
    scoped = is_namespaced(kind) and isinstance(namespace, str)
    return Key(kind, namespace if scoped else "", name if isinstance(name, str) else "")
