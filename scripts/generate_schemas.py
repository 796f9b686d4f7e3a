"""Writes the JSON Schemas of schemas/ and docs/support.md from the support table, schemas/support.json.

`python -m scripts.generate_schemas` after every change of the table; a test holds the files to it.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.support_page import support_page

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
EMPTY = {"absent": [""]}

Json = dict[str, Any]


def main() -> None:
    """Write every generated file anew, and remove those that are generated no more."""
    wanted = generated_files(read_table())
    for path in SCHEMAS.glob("*.json"):
        if path.name != "support.json" and path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


def read_table() -> Json:
    """The table as it is written."""
    table: Json = json.loads((SCHEMAS / "support.json").read_text(encoding="utf-8"))
    return table


def generated_files(table: Json) -> Mapping[Path, str]:
    """The text of every file that follows from the table."""
    schemas = {"definitions.json": definitions_schema(table), "manifest.json": manifest_schema(table)}
    schemas |= {schema_file(kind): kind_schema(table, kind) for kind in kinds_with_schema(table)}
    schemas["list.json"] = list_schema()
    files = {
        SCHEMAS / name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in schemas.items()
    }
    return {**files, ROOT / "docs" / "support.md": support_page(table)}


def kinds_with_schema(table: Json) -> Iterator[str]:
    """The kinds whose fields the table lists."""
    return (kind for kind, entry in table["kinds"].items() if "definition" in entry)


def schema_file(kind: str) -> str:
    """`ReplicaSet` → `replicaset.json`."""
    return f"{kind.lower()}.json"


def definitions_schema(table: Json) -> Json:
    """What the kinds share: one definition a type and a definition of the table."""
    kinds = set(kinds_with_schema(table))
    shared = {name: _definition(entry) for name, entry in table["definitions"].items() if name not in kinds}
    return {
        "$schema": DIALECT,
        "title": "What the kinds of Kubernetes share, as gitpod-sync reads them",
        "$comment": "Generated from support.json. patternErrorMessage completes the sentence: <value> is no …",
        "$defs": {**table["types"], **shared},
    }


def kind_schema(table: Json, kind: str) -> Json:
    """The schema of one kind's objects."""
    entry = table["kinds"][kind]
    body = _definition(table["definitions"][entry["definition"]], "definitions.json")
    head = {"apiVersion": {"const": entry["apiVersions"][0]}, "kind": {"const": kind, **_note(entry)}}
    return {
        "$schema": DIALECT,
        "title": kind,
        **body,
        "properties": {**head, **body["properties"]},
        "required": ["apiVersion", "kind", "metadata", *body.get("required", ())],
    }


def manifest_schema(table: Json) -> Json:
    """Any manifest, by its kind: for editors, which are given one schema for a folder.

    The kinds are snippets because yaml-language-server completes those, and shows them on hover neither as all that is
    allowed (an enum) nor as forty blocks (examples).
    """
    kinds = [*kinds_with_schema(table), "List"]
    return {
        "$schema": DIALECT,
        "title": "A manifest as gitpod-sync reads it",
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "kind": {"type": "string", "defaultSnippets": [{"label": kind, "body": kind} for kind in kinds]},
        },
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": schema_file(kind)},
            }
            for kind in kinds
        ],
    }


def list_schema() -> Json:
    """Several objects in one document."""
    return {
        "$schema": DIALECT,
        "title": "Several objects in one document",
        "type": "object",
        "properties": {
            "apiVersion": {"const": "v1"},
            "kind": {"const": "List"},
            "metadata": {"type": "object"},
            "items": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["apiVersion", "kind"],
        "additionalProperties": False,
    }


def _definition(entry: Json, file: str = "") -> Json:
    schema: Json = {
        "type": "object",
        "properties": {name: _field(each, file) for name, each in entry["fields"].items()},
    }
    if entry.get("required"):
        schema["required"] = entry["required"]
    return {**schema, "additionalProperties": False}


def _field(entry: Json, file: str) -> Json:
    name = entry["type"].removesuffix("[]")
    schema: Json = {"$ref": f"{file}#/$defs/{name}"}
    if "enum" in entry:
        schema = {"enum": [*entry["enum"], *EMPTY.get(entry.get("empty", ""), ())]}
    if entry["type"].endswith("[]"):
        schema = {"type": "array", "items": schema}
        if "minItems" in entry:
            schema["minItems"] = entry["minItems"]
    return {**schema, **_note(entry)}


def _note(entry: Json) -> Json:
    """What an editor shows beside a field or a kind that is not honoured."""
    match entry.get("support", "supported"):
        case "supported":
            return {}
        case "not yet":
            return {"description": "Not honoured by gitpod-sync yet."}
        case "without meaning":
            return {"description": f"Without meaning here: {entry['why']}."}
        case _:
            return {"description": f"Rejected: {entry['why']}; {entry['instead']}.", "deprecated": True}


if __name__ == "__main__":
    main()
