"""What an object means beside what it says: fields without meaning go, empty values mean the default.

The rules stand in the schemas (`x-without-meaning`, `x-empty-is-absent`, `x-default-source`), so that a field has one
place where everything about it is said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.manifests.schemas import bundled_schemas

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one value and, below it, only for the parts that have any."""

    without_meaning: str = ""
    empty_is_absent: bool = False
    default_source: str = ""
    fields: Mapping[str, "Rules"] = field(default_factory=dict)
    items: "Rules | None" = None


@cache
def rules_of(schema: str) -> Rules:
    """The rules of one schema file."""
    return _read_rules(bundled_schemas()[schema]) or Rules()


def _read_rules(schema: Mapping[str, Any]) -> Rules | None:
    below = {name: _read_rules(part) for name, part in schema.get("properties", {}).items()}
    rules = Rules(
        schema.get("x-without-meaning", ""),
        schema.get("x-empty-is-absent", False),
        schema.get("x-default-source", ""),
        {name: part for name, part in below.items() if part is not None},
        _read_rules(schema["items"]) if "items" in schema else None,
    )
    return rules if rules != Rules() else None


def settle(value: Json, rules: Rules, notes: list[Finding], path: FieldPath = ()) -> Json:
    """The value as it is meant. The one given is not changed; what is left out is said in `notes`."""
    if isinstance(value, dict):
        return _settle_mapping(value, rules, notes, path)
    if isinstance(value, list) and rules.items is not None:
        return [settle(item, rules.items, notes, (*path, index)) for index, item in enumerate(value)]
    return value


def _settle_mapping(value: dict[str, Json], rules: Rules, notes: list[Finding], path: FieldPath) -> dict[str, Json]:
    changed: dict[str, Json] = {}
    for name, rule in rules.fields.items():
        item = value.get(name, _ABSENT)
        if item is _ABSENT:
            continue
        if rule.without_meaning:
            notes.append(_without_meaning((*path, name), rule.without_meaning))
            changed[name] = _ABSENT
        elif rule.empty_is_absent and item in ("", []):
            changed[name] = _ABSENT
        else:
            changed[name] = settle(item, rule, notes, (*path, name))
    if rules.default_source and value.keys() <= {"name"}:
        notes.append(_default_source(path, rules.default_source))
        changed[rules.default_source] = {}
    return dict(_entries(value, changed)) if changed else value


def _entries(value: dict[str, Json], changed: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    for name, item in {**value, **changed}.items():
        if item is not _ABSENT:
            yield name, item


def _without_meaning(path: FieldPath, reason: str) -> Finding:
    message = f"`{path[-1]}` has no meaning here: {reason}"
    return Finding("without-meaning", path, message, severity=Severity.NOTE, on_key=True)


def _default_source(path: FieldPath, source: str) -> Finding:
    message = f"the volume names no source: an {source} is meant, as in Kubernetes"
    return Finding("default-source", path, message, f"write `{source}: {{}}`", Severity.NOTE)
