"""Manifests as people write them, and each of them spoiled in every place: what Kubernetes' schemas refuse is refused.

The schemas are those that the package kubernetes-validate ships, in their strict form.
"""

import copy
import functools
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.policy import DEFAULT_POLICY
from gitpod_sync.manifests.read import read_file
from gitpod_sync.manifests.schema.support import table
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from tests.support.examples import THOROUGH

pytest.importorskip("kubernetes_validate", reason="the upstream schemas are a development dependency")

UPSTREAM = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema" / f"v{table().kubernetes}-local-strict"
STILL_TO_COME = {"not-yet", "kind-not-yet"}
WRONG: tuple[Json, ...] = (10**20, "x", ["x"], {"x": "y"})
TAKEN_AS_IT_IS = "openAPIV3Schema"


def objects() -> Iterator[Json]:
    for path in sorted(Path(__file__).with_name("samples").glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


OBJECTS = list(objects())
IDS = [f"{each['kind']} {each['metadata']['name']}" for each in OBJECTS]


@functools.cache
def upstream(kind: str, api_version: str) -> Draft202012Validator:
    group, _, version = api_version.rpartition("/")
    name = "-".join(filter(None, (kind.lower(), group.partition(".")[0], version)))
    registry: Registry[Any] = Registry()
    for file in (f"{name}.json", "_definitions.json"):
        resource = Resource.from_contents(json.loads((UPSTREAM / file).read_text(encoding="utf-8")))
        registry = resource @ registry
    return Draft202012Validator(json.loads((UPSTREAM / f"{name}.json").read_text(encoding="utf-8")), registry=registry)


def is_refused_upstream(value: Json) -> bool:
    return not upstream(value["kind"], value["apiVersion"]).is_valid(value)


def errors(value: Json) -> list[str]:
    """Ours, without those that only say that something is still to come."""
    said = read_file("app.json", json.dumps(value).encode(), DEFAULT_POLICY).diagnostics
    return [each.message for each in said if each.severity is Severity.ERROR and each.code not in STILL_TO_COME]


def places(value: Json, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Every place in the object; of a list only the first item, since its items are alike."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for step, item in inside:
        if step != TAKEN_AS_IT_IS:
            yield from places(item, (*path, step))


def spoiled(value: Json) -> Iterator[tuple[str, Json]]:
    """The object with another value, without a value, and with a field more, in every place in turn.

    The other values take turns from place to place; `make thorough` tries all of them in each.
    """
    for number, path in enumerate(places(value)):
        if path and path not in {("kind",), ("apiVersion",)}:
            for wrong in WRONG if THOROUGH else (WRONG[number % len(WRONG)],):
                other = copy.deepcopy(value)
                parent_of(other, path)[path[-1]] = wrong
                yield f"{path} = {wrong!r}", other
            other = copy.deepcopy(value)
            del parent_of(other, path)[path[-1]]
            yield f"{path} missing", other
        other = copy.deepcopy(value)
        inside = parent_of(other, (*path, "unknown"))
        if isinstance(inside, dict):
            inside["unknown"] = 1
            yield f"{path} with an unknown field", other


def parent_of(value: Json, path: FieldPath) -> Json:
    return functools.reduce(lambda inside, step: inside[step], path[:-1], value)


@pytest.mark.parametrize("value", OBJECTS, ids=IDS)
def test_what_people_write_is_accepted(value: Json) -> None:
    assert not is_refused_upstream(value)
    assert errors(value) == []


@pytest.mark.parametrize("value", OBJECTS, ids=IDS)
def test_what_upstream_refuses_is_refused(value: Json) -> None:
    accepted = [what for what, other in spoiled(value) if not errors(other) and is_refused_upstream(other)]
    assert accepted == []
