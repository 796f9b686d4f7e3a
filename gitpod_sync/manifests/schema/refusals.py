"""Objections of the JSON Schema library to an object. It is loaded for the first object that needs explaining."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from gitpod_sync.manifests.schema.schemas import bundled_schema
from gitpod_sync.manifests.yaml.documents import Json


def refusals(kind: str, value: Json) -> Iterable[ValidationError]:
    """Every error in a value that is to be an object of the kind."""
    return _validator(kind).iter_errors(value)


@cache
def _validator(kind: str) -> Validator:
    made: Validator = _FAST(bundled_schema(kind))
    return made


def _properties(
    validator: Validator, properties: Mapping[str, Any], instance: Any, _schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """The library's own check, but over the few fields that are written, not over the many that could be."""
    if not isinstance(instance, dict):
        return
    for name, value in instance.items():
        if name in properties:
            yield from validator.descend(value, properties[name], path=name, schema_path=name)  # type: ignore[attr-defined]


_FAST = validators.extend(Draft202012Validator, {"properties": _properties})  # type: ignore[no-untyped-call]
