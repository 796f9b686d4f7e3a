"""What an object means beside what it says: fields without meaning go, empty values mean the default.

What is not honoured is refused. The rules come from the support table, so that a field has one place where everything
is said of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.support import FieldEntry, Support, Verdict, table
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

NOT_YET = "not-yet"
REJECTED = "rejected"
DEFAULT_SOURCE = "default-source"
_TAKE_OUT = "take it out until then; what would have no effect is refused, not ignored"
_ABSENT = object()
_ANY_OTHER = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules for one value and, below it, only for the parts that have any."""

    verdict: Verdict | None = None
    """What becomes of the value; None: it is supported."""
    defaults: tuple[Json, ...] = ()
    """Values that say what happens anyway: they are accepted whatever the verdict."""
    empty_is_absent: bool = False
    """An empty value means the same as none."""
    default_source: str = ""
    """The field that is meant when there is nothing but a name; "": none."""
    fields: Mapping[str, "Rules"] = field(default_factory=dict)
    """Rules for the fields of a mapping, by name."""
    items: "Rules | None" = None
    """Rules for each item of a list; None: it has no rules, or is no list."""
    values: Mapping[str, Verdict] = field(default_factory=dict)
    """Verdicts on single values that are not supported."""
    keys: Mapping[str, Verdict] = field(default_factory=dict)
    """Verdicts on single keys of a map; `*`: the rest."""
    noted: bool = True
    """False: a value without meaning is dropped without a word."""


@cache
def rules_of(definition: str) -> Rules:
    """The rules of one definition of the table."""
    entry = table().definitions.get(definition)
    if entry is None:
        return Rules()
    below = {name: _rules_of_field(each) for name, each in entry.fields.items()}
    return Rules(
        default_source=entry.default_source,
        fields={name: rules for name, rules in below.items() if rules != Rules()},
    )


def _rules_of_field(entry: FieldEntry) -> Rules:
    supported = entry.verdict.support is Support.SUPPORTED
    below = rules_of(entry.type) if supported else Rules()
    return Rules(
        verdict=None if supported else entry.verdict,
        defaults=entry.defaults,
        empty_is_absent=entry.empty_is_absent,
        default_source="" if entry.is_list else below.default_source,
        fields={} if entry.is_list else below.fields,
        items=below if entry.is_list and below != Rules() else None,
        values={value: each for value, each in entry.values.items() if each.support is not Support.SUPPORTED},
        keys=entry.keys,
        noted=entry.noted,
    )


def settle(value: Json, rules: Rules, findings: list[Finding], path: FieldPath = ()) -> Json:
    """The value as it is meant. `value` itself is not changed; left out or refused parts become `findings`."""
    if isinstance(value, dict):
        return _settle_mapping(value, rules, findings, path)
    if isinstance(value, list) and rules.items is not None:
        settled = [settle(item, rules.items, findings, (*path, index)) for index, item in enumerate(value)]
        return settled if any(new is not old for new, old in zip(settled, value, strict=True)) else value
    if isinstance(value, str) and value in rules.values:
        findings.append(_refused(path, f"`{value}`", rules.values[value], on_key=False))
    return value


def _settle_mapping(value: dict[str, Json], rules: Rules, findings: list[Finding], path: FieldPath) -> dict[str, Json]:
    changed: dict[str, Json] = {}
    for name, item in value.items():
        rule = rules.fields.get(name)
        if rule is None:
            continue
        settled = _settle_field(item, rule, findings, (*path, name))
        if settled is not item:
            changed[name] = settled
    for key in value if rules.keys else ():
        verdict = rules.keys.get(key, rules.keys.get(_ANY_OTHER))
        if verdict is not None and verdict.support is not Support.SUPPORTED:
            findings.append(_refused((*path, key), f"`{key}`", verdict, on_key=True))
    if rules.default_source and value.keys() <= {"name"}:
        findings.append(_default_source(path, rules.default_source))
        changed[rules.default_source] = {}
    return dict(_entries(value, changed)) if changed else value


def _settle_field(item: Json, rule: Rules, findings: list[Finding], path: FieldPath) -> Json:
    if (rule.empty_is_absent and item in ("", [])) or item in rule.defaults or (rule.verdict and item == []):
        return _ABSENT
    if rule.verdict is not None and not rule.noted:
        return _ABSENT
    if rule.verdict is not None:
        findings.append(_refused(path, f"`{path[-1]}`", rule.verdict, on_key=True))
        # What is refused stays, so that what else is wrong with it can be said in the same go.
        return _ABSENT if rule.verdict.support is Support.WITHOUT_MEANING else item
    return settle(item, rule, findings, path)


def _entries(value: dict[str, Json], changed: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    for name, item in {**value, **changed}.items():
        if item is not _ABSENT:
            yield name, item


def _refused(path: FieldPath, what: str, verdict: Verdict, *, on_key: bool) -> Finding:
    if verdict.support is Support.WITHOUT_MEANING:
        message = f"{what} has no meaning here: {verdict.why}"
        return Finding("without-meaning", path, message, severity=Severity.NOTE, on_key=on_key)
    if verdict.support is Support.NOT_YET:
        return Finding(NOT_YET, path, f"{what} is not honoured by gitpod-sync yet", _TAKE_OUT, on_key=on_key)
    return Finding(REJECTED, path, f"{what} is not honoured: {verdict.why}", verdict.instead, on_key=on_key)


def _default_source(path: FieldPath, source: str) -> Finding:
    message = f"the volume names no source: an {source} is meant, as in Kubernetes"
    return Finding(DEFAULT_SOURCE, path, message, f"write `{source}: {{}}`", Severity.NOTE)
