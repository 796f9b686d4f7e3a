"""The JSON Schemas of schemas/, read once: one validator a kind, and what Kubernetes knows beyond them.

References between the files are resolved from the folder itself, never from a network, and written into the place
where they stand: a validator that follows no reference is twice as fast.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from gitpod_sync.manifests.kinds import HONOURED, LIST_SCHEMA

KNOWN_FIELDS = "known-fields.json"


@dataclass(frozen=True, slots=True)
class Upstream:
    """What Kubernetes knows: the fields of definitions and the kinds of API versions."""

    fields: Mapping[str, frozenset[str]]
    kinds: Mapping[str, frozenset[str]]

    def api_versions(self, kind: str) -> list[str]:
        """Where a kind is served, the stable versions first."""
        found = [version for version, kinds in self.kinds.items() if kind in kinds]
        return sorted(found, key=lambda version: ("alpha" in version, "beta" in version, version))


@cache
def schemas_folder() -> Path:
    """Where the schemas are: inside the installed package, or at the root of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


@cache
def bundled_schemas() -> Mapping[str, dict[str, Any]]:
    """Every kind's schema by file name, without references."""
    registry: Registry[Any] = Registry().with_resources(
        (path.name, Resource.from_contents(_read(path)))
        for path in sorted(schemas_folder().glob("*.json"))
        if path.name != KNOWN_FIELDS
    )
    names = [kind.schema for kind in HONOURED.values()] + [LIST_SCHEMA]
    return {name: _bundle(registry.contents(name), registry.resolver(base_uri=name)) for name in names}


@cache
def validator(schema: str) -> Draft202012Validator:
    """The validator of one schema file."""
    return Draft202012Validator(bundled_schemas()[schema])


@cache
def upstream() -> Upstream:
    """The facts of schemas/known-fields.json."""
    content = _read(schemas_folder() / KNOWN_FIELDS)
    return Upstream(
        {name: frozenset(fields) for name, fields in content["fields"].items()},
        {version: frozenset(kinds) for version, kinds in content["kinds"].items()},
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _bundle(schema: Any, resolver: Any) -> Any:
    match schema:
        case {"$ref": reference, **beside}:
            found = resolver.lookup(reference)
            return {**_bundle(found.contents, found.resolver), **beside}
        case {"pattern": str(pattern), **beside}:
            return {**_bundle(beside, resolver), "pattern": _in_python(pattern, schema.get("maxLength"))}
        case dict():
            return {key: _bundle(value, resolver) for key, value in schema.items()}
        case list():
            return [_bundle(item, resolver) for item in schema]
        case _:
            return schema


def _in_python(pattern: str, longest: int | None) -> str:
    r"""The pattern as Python must be given it.

    JSON Schema's `$` is the end of the text, Python's `$` also stands before a last newline. A text that is too long
    anyway is not searched, because some patterns need memory in proportion to its length.
    """
    anchored = pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern
    return anchored if longest is None else rf"^(?=[\s\S]{{0,{longest}}}\Z){anchored}"
