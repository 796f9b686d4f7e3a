"""Whatever a repository holds, it is answered with diagnostics, soon, and never with an exception."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.manifests.diagnostics.diagnostics import has_errors, render_text
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.report import compute_report
from gitpod_sync.manifests.schema.kinds import with_schema
from gitpod_sync.manifests.schema.schemas import bundled_schema
from gitpod_sync.model.revision import Revision, SourceFile
from tests.support.examples import examples

BOUNDED = examples(300)
"""The suite's own time limit stands for the bound; a deadline on each example would measure the machine."""

PIECES = r"""apiVersion: v1|kind: Pod|kind: Secret|kind: List|items:|spec:|metadata: {name: a}|containers:|stringData:
a: b|- |: |{|}|[|]|"|'|>|&a |*a|<<: |!x |!!int |? |# |%|@|`|{{ .x }}|yes|~|0x1F|1e999|.nan|\'|\ud83d\ude00|é|😀"""
WORDS = st.sampled_from(
    [*PIECES.replace("\n", "|").split("|"), "|", "\n", "\n---\n", "  ", "\t", "\x00", "\ufeff", "\u2028"]
)
FIELDS = sorted(
    {"name", "image", "value", "labels", "app", "gitpod-sync.io/x", "a b", ""}
    | {name for kind in with_schema() for name in bundled_schema(kind)["properties"]}
    | set(bundled_schema("Pod")["properties"]["spec"]["properties"])
    | set(bundled_schema("Deployment")["properties"]["spec"]["properties"])
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Always", "RollingUpdate", "Recreate", "25%", "1Gi", "TCP", "a" * 300, "10.0.0.1", "/a", ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)


def answer(content: bytes) -> None:
    """Load a file and say everything about it in both ways."""
    revision = Revision("s", "c" * 40, {"a.yaml": SourceFile(hashlib.sha1(content).hexdigest(), content)})
    loaded = load_revision(revision)
    assert (loaded.desired is None) == has_errors(loaded.diagnostics)
    assert render_text(loaded.diagnostics, [revision])
    assert json.loads(render_json(compute_report(loaded))) is not None


@given(st.binary(max_size=200))
@BOUNDED
def test_arbitrary_bytes_are_answered(content: bytes) -> None:
    answer(content)


@given(st.lists(WORDS | st.text(max_size=3), max_size=25).map("".join))
@BOUNDED
def test_text_that_looks_like_yaml_is_answered(text: str) -> None:
    answer(text.encode("utf-8", "surrogatepass"))


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    kind = with_schema()[draw(st.sampled_from(sorted(with_schema())))]
    names = sorted(bundled_schema(kind.name)["properties"].keys() - {"apiVersion", "kind"})
    body = draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=4))
    return {"apiVersion": kind.api_version, "kind": kind.name, "metadata": {"name": "a"}, **body}


@given(objects())
@BOUNDED
def test_objects_with_arbitrary_values_are_answered(value: dict[str, Any]) -> None:
    answer(json.dumps(value).encode())


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A valid Deployment in which one value is replaced."""
    value: dict[str, Any] = json.loads(json.dumps(DEPLOYMENT))
    node: Any = value
    while True:
        keys = list(range(len(node))) if isinstance(node, list) else sorted(node)
        key = draw(st.sampled_from(keys))
        child = node[key]
        if not isinstance(child, dict | list) or not child or draw(st.booleans()):
            node[key] = draw(VALUES)
            return value
        node = child


DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "a", "labels": {"app": "a"}},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "a"}, "matchExpressions": [{"key": "app", "operator": "Exists"}]},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "template": {
            "metadata": {"labels": {"app": "a"}},
            "spec": {
                "restartPolicy": "Always",
                "volumes": [{"name": "v", "emptyDir": {"medium": "Memory"}}, {"name": "h", "hostPath": {"path": "/h"}}],
                "containers": [
                    {
                        "name": "a",
                        "image": "busybox:1",
                        "command": ["a"],
                        "env": [{"name": "A", "value": "b"}],
                        "ports": [{"containerPort": 80, "hostPort": 80, "hostIP": "127.0.0.1"}],
                        "resources": {"limits": {"cpu": 1, "memory": "1Gi"}, "requests": {"cpu": "500m"}},
                        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                    }
                ],
            },
        },
    },
}


@given(mutated())
@BOUNDED
def test_a_valid_object_with_one_value_changed_is_answered(value: dict[str, Any]) -> None:
    answer(json.dumps(value).encode())
