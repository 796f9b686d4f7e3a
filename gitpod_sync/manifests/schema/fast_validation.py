"""Whether a schema accepts a value, and no more: the first look at every object.

Nearly every object is as its schema says. For such an object this look is all; the library's search for errors would
take many times as long. The look may err on one side only: what it accepts is valid, and what it does not accept goes
to the library, which decides and explains. So it has to know the keywords of our schemas and no others. By a schema
with a keyword that it does not know it accepts nothing.
"""

import re
import sys
from collections.abc import Callable, Mapping
from functools import cache
from math import inf
from typing import Any

from gitpod_sync.manifests.schema.schemas import bundled_schema
from gitpod_sync.manifests.yaml.documents import Json

Look = Callable[[Json], bool]

_OF_TEXT = {"pattern", "patternErrorMessage", "minLength", "maxLength"}
_OF_NUMBERS = {"minimum", "maximum"}
_OF_LISTS = {"items", "minItems"}
_OF_MAPPINGS = {"properties", "required", "additionalProperties", "propertyNames"}
_KNOWN = {"type"} | _OF_TEXT | _OF_NUMBERS | _OF_LISTS | _OF_MAPPINGS


@cache
def first_look(kind: str) -> Look:
    """The look at whole objects of a kind, or at a `List`."""
    return look_by(bundled_schema(kind))


def look_by(schema: Mapping[str, Any] | bool) -> Look:
    """The look at one value, by a schema without references."""
    match schema:
        case bool(everything):
            return _accept if everything else _refuse
        case {"const": str(only)} if len(schema) == 1:
            return lambda value: bool(value == only)
        case {"enum": list(choices)} if len(schema) == 1:
            return _one_of(choices)
    if not schema.keys() <= _KNOWN:
        return _refuse
    names = schema.get("type", list(_TYPES))
    looks: dict[type, Look] = {}
    for name in [names] if isinstance(names, str) else names:
        types, make = _TYPES[name]
        looks.update(dict.fromkeys(types, make(schema)))
    # The exact type: to Python true is a whole number, to JSON it is none.
    return lambda value: looks.get(type(value), _refuse)(value)


def _accept(_value: Json) -> bool:
    return True


def _refuse(_value: Json) -> bool:
    return False


def _one_of(choices: list[Json]) -> Look:
    texts = {choice for choice in choices if isinstance(choice, str)}
    return lambda value: isinstance(value, str) and value in texts


def _at_anything(_schema: Mapping[str, Any]) -> Look:
    return _accept


def _at_text(schema: Mapping[str, Any]) -> Look:
    if _OF_TEXT.isdisjoint(schema):
        return _accept
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", sys.maxsize)
    find = re.compile(schema.get("pattern", "")).search
    return lambda text: shortest <= len(text) <= longest and find(text) is not None


def _at_numbers(schema: Mapping[str, Any]) -> Look:
    least, largest = schema.get("minimum", -inf), schema.get("maximum", inf)
    return lambda number: bool(least <= number <= largest)


def _at_lists(schema: Mapping[str, Any]) -> Look:
    least, look = schema.get("minItems", 0), look_by(schema.get("items", True))
    return lambda items: len(items) >= least and all(map(look, items))


def _at_mappings(schema: Mapping[str, Any]) -> Look:
    required = set(schema.get("required", ()))
    name_look, looks = look_by(schema.get("propertyNames", True)), _LooksByName(schema)

    def look(mapping: Json) -> bool:
        if not mapping.keys() >= required:
            return False
        if name_look is not _accept and not all(map(name_look, mapping)):
            return False
        return all(looks[name](value) for name, value in mapping.items())

    return look


class _LooksByName(dict[str, Look]):
    """The looks at the values of a mapping; that of a property is made when the first object has it."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        super().__init__()
        self._properties = schema.get("properties", {})
        self._others = look_by(schema.get("additionalProperties", True))

    def __missing__(self, name: str) -> Look:
        if name not in self._properties:
            return self._others
        look = self[name] = look_by(self._properties[name])
        return look


_TYPES: Mapping[str, tuple[tuple[type, ...], Callable[[Mapping[str, Any]], Look]]] = {
    "array": ((list,), _at_lists),
    "boolean": ((bool,), _at_anything),
    "integer": ((int,), _at_numbers),
    "null": ((type(None),), _at_anything),
    "number": ((int, float), _at_numbers),
    "object": ((dict,), _at_mappings),
    "string": ((str,), _at_text),
}
