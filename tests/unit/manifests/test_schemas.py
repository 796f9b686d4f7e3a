"""The schemas, the model and upstream must tell the same story."""

import importlib.util
import json
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from gitpod_sync.manifests.kinds import HONOURED, WITHOUT_MEANING
from gitpod_sync.manifests.schemas import bundled_schemas, schemas_folder, upstream
from gitpod_sync.model.codec import json_name
from gitpod_sync.model.configs import ConfigMap, Namespace, Secret
from gitpod_sync.model.pod import (
    Container,
    ContainerPort,
    EmptyDir,
    EnvVar,
    HostPath,
    PodSpec,
    PodTemplate,
    Resources,
    Volume,
    VolumeMount,
)
from gitpod_sync.model.selector import LabelSelector, Requirement
from gitpod_sync.model.workloads import (
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    Pod,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicationController,
    RollingUpdate,
)

ROOT = Path(__file__).parents[3]
SCHEMA_FILES = sorted(path for path in schemas_folder().glob("*.json") if path.name != "known-fields.json")
DEFINITIONS = {
    "Container": Container,
    "ContainerPort": ContainerPort,
    "EmptyDirVolumeSource": EmptyDir,
    "EnvVar": EnvVar,
    "HostPathVolumeSource": HostPath,
    "LabelSelector": LabelSelector,
    "LabelSelectorRequirement": Requirement,
    "PodSpec": PodSpec,
    "PodTemplate": PodTemplate,
    "ResourceRequirements": Resources,
    "Volume": Volume,
    "VolumeMount": VolumeMount,
}
KINDS = {
    "Namespace": Namespace,
    "Pod": Pod,
    "ReplicaSet": ReplicaSet,
    "ReplicationController": ReplicationController,
    "Deployment": Deployment,
    "ConfigMap": ConfigMap,
    "Secret": Secret,
}
SPECS = {"ReplicaSet": ReplicaSetSpec, "ReplicationController": ReplicaSetSpec, "Deployment": DeploymentSpec}


def honoured(schema: dict[str, Any]) -> set[str]:
    properties: dict[str, Any] = schema["properties"]
    return {name for name, part in properties.items() if "x-without-meaning" not in part}


def modelled(kind: Any) -> set[str]:
    return {json_name(field) for field in fields(kind)}


@pytest.mark.parametrize("path", SCHEMA_FILES, ids=lambda path: path.name)
def test_every_schema_is_valid_draft_2020_12(path: Path) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_a_definition_honours_exactly_the_fields_of_the_model(name: str) -> None:
    definitions = json.loads((schemas_folder() / "definitions.json").read_text(encoding="utf-8"))["$defs"]
    assert honoured(definitions[name]) == modelled(DEFINITIONS[name])


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_honours_exactly_the_fields_of_the_model(name: str) -> None:
    schema = bundled_schemas()[HONOURED[name].schema]
    assert honoured(schema) - {"apiVersion", "kind"} == modelled(KINDS[name])
    if name in SPECS:
        assert honoured(schema["properties"]["spec"]) == modelled(SPECS[name])


def test_a_strategy_honours_exactly_the_fields_of_the_model() -> None:
    strategy = bundled_schemas()["deployment.json"]["properties"]["spec"]["properties"]["strategy"]
    assert honoured(strategy) == modelled(DeploymentStrategy)
    assert honoured(strategy["properties"]["rollingUpdate"]) == modelled(RollingUpdate)


def test_no_object_of_a_schema_takes_fields_it_does_not_name() -> None:
    def loose(schema: Any) -> bool:
        if isinstance(schema, dict):
            open_object = "properties" in schema and schema.get("additionalProperties") is not False
            return open_object or any(loose(part) for part in schema.values())
        return isinstance(schema, list) and any(loose(part) for part in schema)

    assert not [name for name, schema in bundled_schemas().items() if loose(schema)]


def test_editors_that_follow_the_references_agree_with_us() -> None:
    registry: Registry[Any] = Registry().with_resources(
        (path.name, Resource.from_contents(json.loads(path.read_text(encoding="utf-8")))) for path in SCHEMA_FILES
    )
    follower = Draft202012Validator({"$ref": "pod.json"}, registry=registry)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a"}]}}
    assert [error.validator for error in follower.iter_errors(pod)] == ["required"]


def test_the_known_fields_are_those_of_upstream() -> None:
    pytest.importorskip("kubernetes_validate", reason="the upstream schemas are a development dependency")
    written = json.loads((schemas_folder() / "known-fields.json").read_text(encoding="utf-8"))
    assert script("known_fields").known_fields() == written


def test_no_honoured_field_is_invented() -> None:
    def invented(schema: Any) -> list[str]:
        if isinstance(schema, list):
            return [name for part in schema for name in invented(part)]
        if not isinstance(schema, dict):
            return []
        known = upstream().fields.get(schema.get("x-kubernetes", ""))
        own = sorted(schema["properties"].keys() - known) if known is not None else []
        return own + [name for part in schema.values() for name in invented(part)]

    # selfLink was written by API servers before 1.20 and is still found in exported manifests.
    assert {name for schema in bundled_schemas().values() for name in invented(schema)} <= {"selfLink"}


def test_kinds_without_meaning_are_kinds_of_upstream() -> None:
    assert not [kind for kind in WITHOUT_MEANING if not upstream().api_versions(kind)]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
