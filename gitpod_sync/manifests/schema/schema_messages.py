"""What a schema refuses, said in plain words with what to do.

The schemas have no alternatives (anyOf and its kin), so each of the library's errors is one fact about one place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.belonging import is_along, ways_along
from gitpod_sync.manifests.schema.fast_validation import first_look
from gitpod_sync.manifests.schema.meant_quantities import meant_quantity
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.manifests.schema.split_items import join_split_items
from gitpod_sync.manifests.schema.unknown_fields import Unknown, unknown_fields
from gitpod_sync.manifests.schema.wrong_types import type_of, wrong_type
from gitpod_sync.manifests.yaml.confidential import is_plain_key
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.redaction import redact

if TYPE_CHECKING:
    from jsonschema import ValidationError

_NEVER_SECRET: tuple[FieldPath, ...] = (("metadata", "name"), ("metadata", "namespace"))
_LONGEST_SHOWN = 60
_QUANTITY = "quantity"
_ACCESS_MODES: Mapping[str, str] = {
    "rox": "ReadOnlyMany",
    "rwo": "ReadWriteOnce",
    "rwop": "ReadWriteOncePod",
    "rwx": "ReadWriteMany",
}
"""As `kubectl get pvc` prints them in short."""


def schema_findings(kind: str, value: Json, most: int, *, confidential: bool) -> tuple[list[Finding], int]:
    """Mistakes of an object against the schema of its kind, one finding a place, and the number left out.

    At most so many mistakes are explained. A `confidential` object's values are not repeated, except its name.
    """
    if first_look(kind)(value):
        return [], 0
    # Loading the library costs more than a look at several hundred objects, and mostly it is not needed.
    from gitpod_sync.manifests.schema.refusals import refusals

    findings: dict[tuple[FieldPath, bool], Finding] = {}
    meant: set[FieldPath] = set()
    left_out = 0
    for error in refusals(kind, value):
        told = 0
        for unknown in islice(_findings_of(kind, error, confidential=confidential), most - len(findings)):
            findings.setdefault((unknown.finding.path, unknown.finding.on_key), unknown.finding)
            meant.update(unknown.meant)
            told += 1
        if len(findings) >= most:
            left_out += max(0, _facts_in(error) - told)
    # What is missing because it, or what should be in it, stands under another name or in another place is said there.
    ways = ways_along(meant)
    shown = [each for each in findings.values() if each.code != "missing-field" or not is_along(each.path, ways)]
    return join_split_items(value, shown), left_out


def _facts_in(error: "ValidationError") -> int:
    """The number of mistakes that the library reports as one."""
    schema: Any = error.schema
    instance: Json = error.instance
    match error.validator:
        case "additionalProperties":
            return len(instance.keys() - schema["properties"].keys())
        case "required":
            return len(set(schema["required"]) - instance.keys())
        case _:
            return 1


def _findings_of(kind: str, error: "ValidationError", *, confidential: bool) -> Iterator[Unknown]:
    path: FieldPath = tuple(error.absolute_path)
    instance: Json = error.instance
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    match error.validator:
        case "additionalProperties":
            yield from unknown_fields(kind, path, instance, schema)
        case "required":
            for name in schema["required"]:
                if name not in instance:
                    missing = Finding("missing-field", (*path, name), f"`{name}` is missing", "add it", on_key=True)
                    yield Unknown(missing)
        case "type":
            yield Unknown(wrong_type(kind, path, instance, schema))
        case keyword:
            on_key = "propertyNames" in error.absolute_schema_path
            where = (*path, str(instance)) if on_key else path
            shown = _shown(instance)
            if confidential and on_key and not is_plain_key(str(instance)):
                shown = "the key"
            elif confidential and not on_key and path not in _NEVER_SECRET:
                shown = "the value"
            yield Unknown(replace(_wrong_value(str(keyword), where, shown, instance, schema), on_key=on_key))


def _wrong_value(keyword: str, path: FieldPath, shown: str, instance: Json, schema: Mapping[str, Any]) -> Finding:
    limit = schema[keyword]
    match keyword:
        case "enum":
            return _wrong_choice(path, shown, instance, schema)
        case "pattern":
            return _wrong_format(path, shown, instance, str(schema["patternErrorMessage"]))
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


def _wrong_format(path: FieldPath, shown: str, instance: str, told: str) -> Finding:
    noun, _, hint = told.partition(": ")
    if not instance:
        return Finding("empty-value", path, "the value is empty", hint)
    meant = meant_quantity(instance) if noun == _QUANTITY else None
    return Finding(
        "wrong-format", path, f"{shown} is not a valid {noun}", f"did you mean `{meant}`?" if meant else hint
    )


def _wrong_choice(path: FieldPath, shown: str, instance: Json, schema: Mapping[str, Any]) -> Finding:
    choices = [choice for choice in schema["enum"] if choice]
    message = f"{shown} is none of {', '.join(choices)}" if len(choices) > 1 else f"{shown} is not {choices[0]}"
    meant = _meant_choice(instance, choices) if isinstance(instance, str) else None
    return Finding("wrong-choice", path, message, f"did you mean `{meant}`?" if meant else "write one of them")


def _meant_choice(written: str, choices: list[str]) -> str | None:
    mode = _ACCESS_MODES.get(written.lower())
    return mode if mode in choices else near_miss(written, choices)


def _shown(value: Json) -> str:
    match value:
        case str():
            # A credential that is cut in the middle looks like none.
            text = redact(value)
            return f"`{text}`" if len(text) <= _LONGEST_SHOWN else f"`{text[:_LONGEST_SHOWN]}…`"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return type_of(value)
