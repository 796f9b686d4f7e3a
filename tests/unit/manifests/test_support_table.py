"""The support table against the OpenAPI schemas of Kubernetes: nothing is missing, nothing is invented, types agree."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from scripts.generate_schemas import read_table

Json = dict[str, Any]

pytest.importorskip("kubernetes_validate", reason="the upstream schemas are a development dependency")

OPAQUE = "Anything"
TIME = "io.k8s.apimachinery.pkg.apis.meta.v1.Time"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
NOT_IN_A_REPOSITORY = {"DeleteOptions", "Status", "WatchEvent", "APIGroup", "APIVersions", "APIResource"}
TABLE = read_table()


def upstream_definitions() -> Json:
    folder = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema" / f"v{TABLE['kubernetes']}-local"
    definitions: Json = json.loads((folder / "_definitions.json").read_text(encoding="utf-8"))["$defs"]
    return definitions


UPSTREAM = upstream_definitions()


def shape(schema: Json) -> str:
    """Upstream's type of a value in one word; nullable types are as good as absent ones."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return str({QUANTITY: "number|string", INT_OR_STRING: "integer|string", TIME: "string"}.get(name, name))
    if "oneOf" in schema:
        return "|".join(sorted(shape(option) for option in schema["oneOf"]))
    kinds = schema.get("type", OPAQUE)
    kind = next(each for each in kinds if each != "null") if isinstance(kinds, list) else kinds
    if kind == "array":
        return f"[{shape(schema['items'])}]"
    if kind == "object" and "additionalProperties" in schema:
        return f"{{{shape(schema['additionalProperties'])}}}"
    return OPAQUE if kind == "object" else str(kind)


def own_shape(name: str) -> str:
    """The table's type in the same words."""
    if name.endswith("[]"):
        return f"[{own_shape(name.removesuffix('[]'))}]"
    if name in TABLE["definitions"]:
        return str(TABLE["definitions"][name]["upstream"])
    schema: Json = TABLE["types"][name]
    if "$ref" in schema:
        return own_shape(schema["$ref"].rpartition("/")[2])
    match schema.get("type", OPAQUE):
        case "object" if "additionalProperties" not in schema:
            return OPAQUE
        case "object":
            return f"{{{own_shape(schema['additionalProperties']['$ref'].rpartition('/')[2])}}}"
        case list() as kinds:
            return "|".join(sorted(kinds))
        case kind:
            return str(kind)


def pairs() -> Iterator[tuple[str, str]]:
    """Every definition of the table with the upstream one that stands at the same place, from the kinds downwards."""
    todo = [entry["definition"] for entry in TABLE["kinds"].values() if "definition" in entry]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name, TABLE["definitions"][name]["upstream"]
        types = (each["type"].removesuffix("[]") for each in TABLE["definitions"][name]["fields"].values())
        todo += [each for each in types if each in TABLE["definitions"]]


PAIRS = sorted(pairs())


@pytest.mark.parametrize(("own", "upstream"), PAIRS, ids=[own for own, _ in PAIRS])
def test_a_definition_has_the_fields_of_upstream_with_their_types(own: str, upstream: str) -> None:
    kind_head = {"apiVersion", "kind"} if own in TABLE["kinds"] else set()
    written = {name: own_shape(field["type"]) for name, field in TABLE["definitions"][own]["fields"].items()}
    known = {
        name: shape(schema)
        for name, schema in UPSTREAM[upstream].get("properties", {}).items()
        if name not in kind_head
    }
    # What only a server writes is taken as it is.
    known |= dict.fromkeys((name for name in known if written.get(name) == OPAQUE), OPAQUE)
    assert written == known


@pytest.mark.parametrize(("own", "upstream"), PAIRS, ids=[own for own, _ in PAIRS])
def test_what_upstream_demands_is_demanded(own: str, upstream: str) -> None:
    assert set(UPSTREAM[upstream].get("required", ())) <= set(TABLE["definitions"][own].get("required", ()))


def test_every_definition_of_the_table_is_used() -> None:
    assert set(TABLE["definitions"]) == {own for own, _ in PAIRS}


def test_every_type_of_the_table_is_used() -> None:
    used = set(re.findall(r'"type": "(\w+)', json.dumps(TABLE["definitions"])))
    referred = set(re.findall(r"#/\$defs/(\w+)", json.dumps(TABLE["types"])))
    assert set(TABLE["types"]) == (used - set(TABLE["definitions"])) | referred


def test_the_kinds_are_those_of_upstream_and_some_that_it_has_removed() -> None:
    served: dict[str, set[str]] = {}
    for definition in UPSTREAM.values():
        for each in definition.get("x-kubernetes-group-version-kind", ()):
            if each["kind"] not in NOT_IN_A_REPOSITORY and not each["kind"].endswith("List"):
                version = f"{each['group']}/{each['version']}".removeprefix("/")
                served.setdefault(each["kind"], set()).add(version)
    written = {kind: set(entry["apiVersions"]) for kind, entry in TABLE["kinds"].items() if entry["apiVersions"]}
    assert written == served


@pytest.mark.parametrize("name", sorted(TABLE["definitions"]))
def test_every_field_has_a_verdict_and_every_refusal_a_reason(name: str) -> None:
    definition = TABLE["definitions"][name]
    for field, entry in definition["fields"].items():
        if "support" in definition:
            assert "support" not in entry, field
            continue
        verdicts = [entry, *entry.get("values", {}).values(), *entry.get("keys", {}).values()]
        for verdict in verdicts:
            reason = (bool(verdict.get("why")), bool(verdict.get("instead")))
            expected = {"without meaning": (True, False), "rejected": (True, True)}
            assert reason == expected.get(verdict["support"], (False, False)), field
        assert set(entry.get("values", {})) <= set(entry.get("enum", ())), field
