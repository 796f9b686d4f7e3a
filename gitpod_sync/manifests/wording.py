"""What a schema refuses, said in plain words with what to do.

The schemas have no alternatives (anyOf and its kin), so each of the library's errors is one fact about one place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.manifests.first_look import first_look
from gitpod_sync.manifests.support import table

if TYPE_CHECKING:
    from jsonschema import ValidationError

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_NEVER_SECRET: tuple[FieldPath, ...] = (("metadata", "name"), ("metadata", "namespace"))
_LONGEST_SHOWN = 60
_LONGEST_COMPARED = 64
_MOST_OWNERS = 5


def schema_findings(kind: str, value: Json, *, confidential: bool) -> list[Finding]:
    """Everything in which an object is not as the schema of its kind says, one finding a place.

    A `confidential` object's values are not repeated, except its name.
    """
    if first_look(kind)(value):
        return []
    # Loading the library costs more than a look at several hundred objects, and mostly it is not needed.
    from gitpod_sync.manifests.refusals import refusals

    findings: dict[tuple[FieldPath, bool], Finding] = {}
    for error in refusals(kind, value):
        for finding in _findings_of(error, confidential=confidential):
            findings.setdefault((finding.path, finding.on_key), finding)
    return list(findings.values())


def near_miss(written: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant."""
    if len(written) > _LONGEST_COMPARED:
        return None
    folded = {candidate.lower(): candidate for candidate in candidates if candidate}
    close = get_close_matches(written.lower(), folded, n=1, cutoff=0.75)
    return folded[close[0]] if close else None


def _findings_of(error: "ValidationError", *, confidential: bool) -> Iterator[Finding]:
    path: FieldPath = tuple(error.absolute_path)
    instance: Json = error.instance
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    match error.validator:
        case "additionalProperties":
            yield from _extra_fields(path, instance, schema)
        case "required":
            for name in schema["required"]:
                if name not in instance:
                    yield Finding("missing-field", (*path, name), f"`{name}` is missing", "add it")
        case "type":
            yield _wrong_type(path, instance, schema["type"])
        case keyword:
            on_key = "propertyNames" in error.absolute_schema_path
            where = (*path, str(instance)) if on_key else path
            hide = confidential and not on_key and path not in _NEVER_SECRET
            shown = "the value" if hide else _shown(instance)
            yield replace(_wrong_value(str(keyword), where, shown, instance, schema), on_key=on_key)


def _extra_fields(path: FieldPath, instance: Mapping[str, Json], schema: Mapping[str, Any]) -> Iterator[Finding]:
    known = schema["properties"].keys()
    for name in sorted(instance.keys() - known):
        hint = _where_it_belongs(name, sorted(known))
        yield Finding("unknown-field", (*path, name), f"unknown field `{name}`", hint, on_key=True)


def _where_it_belongs(name: str, candidates: list[str]) -> str:
    meant = near_miss(name, candidates)
    if meant:
        return f"did you mean `{meant}`?"
    owners = [owner for owner, definition in table().definitions.items() if name in definition.fields]
    if owners:
        shown = ", ".join(owners[:_MOST_OWNERS]) + (" …" if len(owners) > _MOST_OWNERS else "")
        return f"`{name}` is a field of {shown}: check the indentation"
    return "take it out, or check its spelling"


def _wrong_type(path: FieldPath, instance: Json, expected: str | list[str]) -> Finding:
    wanted = [expected] if isinstance(expected, str) else expected
    found = "a fraction" if isinstance(instance, float) and "integer" in wanted else _type_of(instance)
    due = " or ".join(_TYPES[name] for name in wanted)
    return Finding("wrong-type", path, f"{found} stands where {due} is due", _type_hint(instance, wanted))


def _type_of(instance: Json) -> str:
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


def _type_hint(instance: Json, wanted: list[str]) -> str:
    match instance, wanted:
        case bool(), ["string"]:
            return "quote it; unquoted yes, no, on, off, y, n, true and false are booleans"
        case int() | float(), ["string"]:
            return "quote it"
        case str(), ["integer"] if instance.isdigit():
            return "write it without quotes"
        case str(), ["boolean"]:
            return "write true or false, without quotes"
        case dict() | str() | int() | float(), ["array"]:
            return "write a list, each item after '- '"
        case list(), ["object"]:
            return "write its fields as `key: value`, without '- '"
        case _:
            return f"write {' or '.join(_TYPES[name] for name in wanted)}"


def _wrong_value(keyword: str, path: FieldPath, shown: str, instance: Json, schema: Mapping[str, Any]) -> Finding:
    limit = schema[keyword]
    match keyword:
        case "enum":
            return _wrong_choice(path, shown, instance, schema)
        case "pattern":
            noun, _, hint = str(schema["patternErrorMessage"]).partition(": ")
            return Finding("wrong-format", path, f"{shown} is no {noun}", hint)
        case "minLength":
            return Finding("empty-value", path, "the value is empty", "write one")
        case "maxLength":
            return Finding("too-long", path, f"{shown} has {len(instance)} characters", f"use at most {limit}")
        case "minItems":
            return Finding("empty-list", path, "the list is empty", f"give at least {limit} item")
        case "minimum":
            return Finding("out-of-range", path, f"{shown} is too small", f"the least value is {limit}")
        case "maximum":
            return Finding("out-of-range", path, f"{shown} is too large", f"the largest value is {limit}")
        case _:
            raise NotImplementedError(f"the schemas use `{keyword}`, for which there are no words yet")


def _wrong_choice(path: FieldPath, shown: str, instance: Json, schema: Mapping[str, Any]) -> Finding:
    choices = [choice for choice in schema["enum"] if choice]
    message = f"{shown} is none of {', '.join(choices)}" if len(choices) > 1 else f"{shown} is not {choices[0]}"
    meant = near_miss(instance, choices) if isinstance(instance, str) else None
    return Finding("wrong-choice", path, message, f"did you mean `{meant}`?" if meant else "write one of them")


def _shown(value: Json) -> str:
    match value:
        case str():
            return f"`{value}`" if len(value) <= _LONGEST_SHOWN else f"`{value[:_LONGEST_SHOWN]}…`"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return _type_of(value)
