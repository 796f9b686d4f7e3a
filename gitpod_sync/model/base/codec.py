"""Dataclasses to and from the JSON of Kubernetes, by their type hints.

The model's field names are Python's (`host_port`), the manifests' are Kubernetes' (`hostPort`). One codec reads what
the manifests room has validated, and reads and writes the pod kept in a sandbox's label, so that both mean the same.
Fields equal to their default are left out when writing: a default written out and a default left unsaid hash alike,
and a field that a later version adds changes no hash.
"""

import json
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from gitpod_sync.errors import ManifestError

Json = Any
"""A value as `json.loads` gives it; it never leaves the room that met it."""

T = TypeVar("T")


def decode(kind: type[T], value: Json) -> T:
    """Build a `kind` from JSON, which is a manifest that its schema has accepted or what a label holds.

    Raises `ManifestError` when a value is not of its field's type or cannot be understood.
    """
    build: Callable[[Json], T] = _decoder(cast("Hashable", kind))
    return build(value)


def encode(value: object) -> Json:
    """The JSON of a model value, without the fields that hold their default."""
    if hasattr(value, "to_json"):
        return value.to_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {
            json_name(field): encode(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in sorted(value.items())}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    return value.value if isinstance(value, StrEnum) else value


def canonical(value: object) -> str:
    """The one text of a model value: JSON with sorted keys and no spaces."""
    return json.dumps(encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def json_name(field: Field[Any]) -> str:
    """`host_port` → `hostPort`, unless the field names its own (`metadata={"json": "hostIP"}`)."""
    name: str | None = field.metadata.get("json")
    if name is None:
        head, *rest = field.name.split("_")
        name = head + "".join(part.title() for part in rest)
    return name


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


@cache
def _decoder(kind: Any) -> Callable[[Json], Any]:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (option for option in get_args(kind) if option is not type(None))
        return _decoder(inner)
    if origin is tuple:
        item = _decoder(get_args(kind)[0])
        return lambda value: tuple(item(each) for each in _checked(value, list))
    if origin is not None and issubclass(origin, Mapping):
        entry = _decoder(get_args(kind)[1])
        return lambda value: {_checked(key, str): entry(each) for key, each in _checked(value, Mapping).items()}
    if hasattr(kind, "from_json"):
        return kind.from_json  # type: ignore[no-any-return]
    if is_dataclass(kind):
        return _dataclass_decoder(kind)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda value: _member(kind, value)
    return lambda value: _checked(value, kind)


def _checked(value: Json, kind: Any) -> Any:
    """The value, if it is a `kind`. It may be confidential, so that it is not repeated."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ManifestError(f"a {type(value).__name__} stands where a {kind.__name__} belongs")
    return value


def _member(kind: type[StrEnum], value: Json) -> StrEnum:
    try:
        return kind(value)
    except ValueError as error:
        raise ManifestError(f"{value!r} is not a valid {kind.__name__}", f"it is one of {', '.join(kind)}") from error


def _dataclass_decoder(kind: Any) -> Callable[[Json], Any]:
    hints = get_type_hints(kind)
    known = {json_name(field): (field.name, hints[field.name]) for field in fields(kind)}
    # Decoders of fields are looked up at the first value: dataclasses may refer to each other.
    ready: dict[str, tuple[str, Callable[[Json], Any]]] = {}

    def build(value: Json) -> Any:
        arguments = {}
        for name, item in _checked(value, Mapping).items():
            if item is None or name not in known:
                continue
            if name not in ready:
                attribute, hint = known[name]
                ready[name] = (attribute, _decoder(hint))
            attribute, decoder = ready[name]
            arguments[attribute] = decoder(item)
        try:
            return kind(**arguments)
        except TypeError as error:
            raise ManifestError(f"a {kind.__name__} lacks a required field: {error}") from error

    return build
