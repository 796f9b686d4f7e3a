"""The JSON Schemas of schemas/, one a kind, read when it is first needed.

References between the files are resolved from the folder itself, never from a network, and written into the place
where they stand: a validator that follows no reference is twice as fast.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from gitpod_sync.manifests.schema.support import schemas_folder

DEFINITIONS = "definitions.json"
LIST = "List"
_ANNOTATIONS = {"$schema", "$comment", "title", "description", "deprecated", "examples"}


def schema_file(kind: str) -> str:
    """`ReplicaSet` → `replicaset.json`."""
    return f"{kind.lower()}.json"


@cache
def bundled_schema(kind: str) -> Mapping[str, Any]:
    """A kind's schema without references and without what only people read."""
    bundled: Mapping[str, Any] = _bundle(_read(schema_file(kind)))
    return bundled


@cache
def _read(name: str) -> Any:
    return json.loads(schemas_folder().joinpath(name).read_text(encoding="utf-8"))


@cache
def _shared(definition: str) -> Mapping[str, Any]:
    """One definition; every reference to it gets the same mapping."""
    bundled: Mapping[str, Any] = _bundle(_read(DEFINITIONS)["$defs"][definition])
    return bundled


def _bundle(schema: Any) -> Any:
    match schema:
        case {"$ref": str(reference)}:
            return _shared(reference.rpartition("/")[2])
        case {"pattern": str(pattern), **beside}:
            return {**_bundle(beside), "pattern": _in_python(pattern, schema.get("maxLength"))}
        case {"properties": dict(properties), **beside}:
            return {**_bundle(beside), "properties": {name: _bundle(part) for name, part in properties.items()}}
        case dict():
            return {key: _bundle(value) for key, value in schema.items() if key not in _ANNOTATIONS}
        case list():
            return [_bundle(item) for item in schema]
        case _:
            return schema


def _in_python(pattern: str, longest: int | None) -> str:
    r"""The pattern as Python must be given it.

    JSON Schema's `$` is the end of the text, Python's `$` also stands before a last newline. A text that is too long
    anyway is not searched, because some patterns need memory in proportion to its length.
    """
    anchored = pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern
    return anchored if longest is None else rf"^(?=[\s\S]{{0,{longest}}}\Z){anchored}"
