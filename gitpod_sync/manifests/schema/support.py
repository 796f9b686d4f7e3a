"""The support table, schemas/support.json: what becomes of every field. Its `$comment` says how to read it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import gitpod_sync

TABLE = "support.json"


class Support(StrEnum):
    """The treatment of a field or a kind."""

    SUPPORTED = "supported"
    NOT_YET = "not yet"
    WITHOUT_MEANING = "without meaning"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The support, the reason for it, and what to do instead; both are empty for what is supported or not yet."""

    support: Support
    why: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry:
    """One field of a definition in the support table."""

    type: str
    """Name of a type or of a definition."""
    is_list: bool
    """The field is a list of them."""
    verdict: Verdict
    """What becomes of it."""
    defaults: tuple[Any, ...] = ()
    """Accepted whatever the verdict, since they say what happens anyway."""
    empty_is_absent: bool = False
    """An empty value means the same as none."""
    values: Mapping[str, Verdict] = field(default_factory=dict)
    """Verdicts on single values that the field may have."""
    keys: Mapping[str, Verdict] = field(default_factory=dict)
    """Verdicts on single keys of a map; `*`: the rest."""
    noted: bool = True
    """False: without meaning, it is dropped without a word, since Kubernetes demands it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A mapping with fields. `default_source` is the field that is meant when there is nothing but a name."""

    upstream: str
    fields: Mapping[str, FieldEntry]
    default_source: str = ""


@dataclass(frozen=True, slots=True)
class KindEntry:
    """A kind of Kubernetes. `api_versions` begins with the one to write; `definition` is "" when there is no schema."""

    name: str
    api_versions: tuple[str, ...]
    verdict: Verdict
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The table; `kubernetes` is the version it was held against.

    `definitions` are those whose fields have a verdict each. What only stands below refused or meaningless fields and
    kinds has nothing but a shape, and that is in the schemas.
    """

    kubernetes: str
    kinds: Mapping[str, KindEntry]
    definitions: Mapping[str, Definition]


@cache
def schemas_folder() -> Path:
    """Where the schemas are: inside the installed package, or at the root of a checkout."""
    package = Path(gitpod_sync.__file__).resolve().parent
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


@cache
def table() -> Table:
    """The table, read once."""
    written = json.loads(schemas_folder().joinpath(TABLE).read_text(encoding="utf-8"))
    return Table(
        written["kubernetes"],
        {name: _kind(name, entry) for name, entry in written["kinds"].items()},
        {name: _definition(entry) for name, entry in written["definitions"].items() if "support" not in entry},
    )


def _kind(name: str, entry: Mapping[str, Any]) -> KindEntry:
    return KindEntry(name, tuple(entry["apiVersions"]), _verdict(entry), entry.get("definition", ""))


def _definition(entry: Mapping[str, Any]) -> Definition:
    fields = {name: _field(each) for name, each in entry["fields"].items()}
    return Definition(entry["upstream"], fields, entry.get("default-source", ""))


def _field(entry: Mapping[str, Any]) -> FieldEntry:
    name: str = entry["type"]
    return FieldEntry(
        type=name.removesuffix("[]"),
        is_list=name.endswith("[]"),
        verdict=_verdict(entry),
        defaults=tuple(entry.get("default", ())),
        empty_is_absent=entry.get("empty") == "absent",
        values={value: _verdict(each) for value, each in entry.get("values", {}).items()},
        keys={key: _verdict(each) for key, each in entry.get("keys", {}).items()},
        noted=entry.get("noted", True),
    )


def _verdict(entry: Mapping[str, Any]) -> Verdict:
    return Verdict(Support(entry["support"]), entry.get("why", ""), entry.get("instead", ""))
