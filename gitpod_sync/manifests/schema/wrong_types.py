"""A value of another type than its field, and how to write it."""

import re
from collections.abc import Mapping
from typing import Any

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.belonging import render_owners, way_of, ways_to
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_WITH_UNIT = re.compile(r"[0-9]+ ?[A-Za-z]+")
_FORMS = frozenset({"enum", "pattern"})
_OF_SELECTORS = {"matchLabels", "matchExpressions"}


def wrong_type(kind: str, path: FieldPath, instance: Json, schema: Mapping[str, Any]) -> Finding:
    """The finding on a value whose type is none of the schema's. The value is not repeated, unless it is a choice."""
    expected = schema["type"]
    wanted = [expected] if isinstance(expected, str) else list(expected)
    found = "a fraction" if isinstance(instance, float) and "integer" in wanted else type_of(instance)
    due = " or ".join(_TYPES[name] for name in wanted)
    hint = _hint(kind, path, instance, schema, wanted) or _hint_of_schema(schema, due)
    return Finding("wrong-type", path, f"{found} stands where {due} is expected", hint)


def type_of(instance: Json) -> str:
    """The type of a value in plain words."""
    match instance:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return "null"


def _hint(kind: str, path: FieldPath, instance: Json, schema: Mapping[str, Any], wanted: list[str]) -> str:
    match wanted:
        case ["string"]:
            return _hint_for_text(kind, path, instance, schema)
        case ["integer"] if isinstance(instance, str) and instance.isdigit():
            return "write it without quotes"
        case ["integer"] if isinstance(instance, str) and _WITH_UNIT.fullmatch(instance):
            return "write the number alone"
        case ["boolean"] if isinstance(instance, str):
            return "write true or false, without quotes"
        case ["array"]:
            return f"write a list, each item after '- '{_example(schema.get('items', {}), ', like `- ')}"
        case ["object"]:
            return _hint_for_mapping(instance, schema)
        case _:
            return ""


def _hint_of_schema(schema: Mapping[str, Any], due: str) -> str:
    return str(schema.get("patternErrorMessage", "")).partition(": ")[2] or f"write {due}"


def _hint_for_text(kind: str, path: FieldPath, instance: Json, schema: Mapping[str, Any]) -> str:
    match instance:
        case bool():
            return "quote it; unquoted yes, no, on, off, y, n, true and false are booleans"
        case int() | float():
            return "quote it"
        case list() if _FORMS & schema.keys():
            return "write it without '- ' or brackets"
        case _ if path[-1] in _OF_SELECTORS:
            return f"this selector is nothing but labels: take `{path[-1]}` out, and put them in its place"
    ways = ways_to(kind, str(path[-1]), path[:-1])
    if ways and way_of(path) not in ways:
        return f"it belongs to {render_owners(ways, path[:-1])}: check the indentation"
    # A text with a form of its own says how it is written.
    return "" if _FORMS & schema.keys() else "make one text of it: put it in quotes, or below `|`"


def _hint_for_mapping(instance: Json, schema: Mapping[str, Any]) -> str:
    fields: Mapping[str, Mapping[str, Any]] = schema.get("properties", {})
    if isinstance(instance, list):
        lists = [name for name, each in fields.items() if each.get("type") == "array"]
        return f"put the list below `{lists[0]}`" if len(lists) == 1 else "write it as `key: value`, without '- '"
    if isinstance(instance, str) and instance:
        for name, each in fields.items():
            if instance in each.get("enum", ()):
                return f"write `{name}: {instance}` below it"
    return f"write its fields as `key: value`{_example(schema, ', like `')}"


def _example(schema: Mapping[str, Any], before: str) -> str:
    """The first field that has to be there."""
    required = schema.get("required", ())
    return f"{before}{required[0]}: …`" if required else ""
