"""Whatever a repository holds, it is answered with diagnostics at places that exist, and with work in proportion."""

import hashlib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.manifests.diagnostics.diagnostics import has_errors
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.as_text import render_text
from gitpod_sync.manifests.reports.report import compute_report
from gitpod_sync.manifests.yaml import composer
from gitpod_sync.manifests.yaml.frames import LINE_BREAK
from gitpod_sync.model.revision import Revision, SourceFile
from tests.support.examples import examples

MANY = examples(300)
MOST_EVENTS_A_BYTE = 3
"""`[]` is two bytes and two events; a mapping's missing value is an event without any."""

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {"app": "web"}, "annotations": {"note": "5"}},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {
                        "name": "main",
                        "image": "busybox:1.36",
                        "args": ["sleep", "60"],
                        "env": [{"name": "A", "value": "yes"}],
                        "ports": [{"name": "http", "containerPort": 80}],
                        "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}},
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                    }
                ],
                "volumes": [{"name": "data", "emptyDir": {}}],
            },
        },
    },
}
CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings"},
    "data": {"a": "b", "c": "one\ntwo\n"},
}
LIST: dict[str, Any] = {"apiVersion": "v1", "kind": "List", "items": [DEPLOYMENT, CONFIG]}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def revision_of(content: bytes, path: str = "a.yaml") -> Revision:
    return Revision("s", "c" * 40, {path: SourceFile(hashlib.sha1(content).hexdigest(), content)})


def answer(content: bytes, path: str = "a.yaml") -> None:
    """Load a file and say everything about it in both ways; every place must be one of the file's."""
    revision = revision_of(content, path)
    loaded = load_revision(revision)
    assert (loaded.desired is None) == has_errors(loaded.diagnostics)
    report = compute_report(loaded)
    assert render_text(report, [revision])
    assert json.loads(render_json(report)) is not None
    lines = LINE_BREAK.split(content.decode("utf-8", "replace"))
    for each in loaded.diagnostics:
        assert 0 <= each.line <= len(lines)
        assert 0 <= each.column <= (len(lines[each.line - 1]) if each.line else 0) + 1
        assert (each.line == 0) == (each.column == 0)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A valid manifest in which one node is replaced, removed, doubled or renamed."""
    value = json.loads(json.dumps(draw(st.sampled_from([DEPLOYMENT, CONFIG, LIST]))))
    node: Any = value
    while True:
        keys = list(range(len(node))) if isinstance(node, list) else sorted(node)
        key = draw(st.sampled_from(keys))
        child = node[key]
        if isinstance(child, dict | list) and child and draw(st.integers(0, 3)):
            node = child
            continue
        match draw(st.sampled_from(["replace", "remove", "double", "rename"])):
            case "replace":
                node[key] = draw(VALUES)
            case "remove":
                del node[key]
            case "double" if isinstance(node, list):
                node.append(child)
            case _ if isinstance(node, dict):
                node[draw(st.text(max_size=5))] = node.pop(key)
            case _:
                node[key] = [child]
        return value


@given(mutated(), st.booleans())
@MANY
def test_a_manifest_with_one_node_changed_is_answered(value: Any, flow: bool) -> None:
    answer(yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True).encode("utf-8", "surrogatepass"))


@given(mutated(), st.sampled_from([None, 2, "\t"]))
@MANY
def test_a_json_manifest_with_one_node_changed_is_answered(value: Any, indent: int | str | None) -> None:
    answer(json.dumps(value, indent=indent).encode(), "a.json")


@given(
    st.sampled_from([DEPLOYMENT, CONFIG, LIST]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(-3, 3), st.sampled_from("idr")), min_size=1, max_size=4),
)
@MANY
def test_a_manifest_with_lines_moved_is_answered(manifest: Any, moves: list[tuple[int, int, str]]) -> None:
    lines = yaml.safe_dump(manifest, sort_keys=False).split("\n")
    for at, by, how in moves:
        place = at % len(lines)
        line = lines[place]
        moved = " " * by + line if by > 0 else line[min(-by, len(line) - len(line.lstrip())) :]
        lines[place : place + 1] = {"i": [moved], "d": [], "r": [line, moved]}[how]
        lines = lines or [""]
    answer("\n".join(lines).encode())


@given(
    st.sampled_from([DEPLOYMENT, CONFIG, LIST]),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4),
)
@MANY
def test_a_manifest_with_bytes_inserted_is_answered(manifest: Any, inserted: list[tuple[int, bytes]]) -> None:
    content = yaml.safe_dump(manifest).encode()
    for at, piece in inserted:
        place = at % (len(content) + 1)
        content = content[:place] + piece + content[place:]
    answer(content)


ODD = st.text(alphabet="{}[]:-,&*!|>'\"%@#?~<\\ \t\n\r\u2028\u0085\ufeffabk0.é😀", max_size=60)


@given(ODD)
@MANY
def test_text_of_signs_that_mean_something_is_answered(text: str) -> None:
    answer(text.encode())
    answer(text.encode(), "a.json")


class CountedEvents(yaml.CSafeLoader):
    """The parser, with a count of what it was asked for."""

    asked = 0

    def get_event(self) -> Any:
        CountedEvents.asked += 1
        return super().get_event()


BOMBS = {
    "aliases": "- &a0 [x]\n" + "".join(f"- &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]\n" for n in range(1, 40)),
    "aliases in every document": ("---\na: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [" + "*b," * 3000 + "]\n") * 40,
    "merges": "a: &a {" + ", ".join(f"k{n}: 1" for n in range(900)) + "}\nb:\n" + "- {<<: [*a, *a]}\n" * 400,
    "depth": "[" * 50_000,
    "indentation": "\n".join(" " * n + "a:" for n in range(600)),
    "dashes": "- " * 20_000,
    "questions": "? " * 20_000,
    "values": "[" + "a," * 600_000 + "]",
    "repeated keys": "a: 1\n" * 20_000,
    "documents": "---\na\n" * 5_000,
    "JSON texts": "{}" * 3_000,
    "escapes": "[" + ", ".join(['"\\\'"'] * 3_000) + "]",
    "quotes": '"' * 30_001,
    "anchors": "".join(f"- &a{n} x\n" for n in range(20_000)),
    "tags": "- !x y\n" * 10_000,
    "braces": "{" * 50 + "a" + "}" * 50_000,
    "long key": "? " + "a" * 100_000 + "\n: b\n",
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_is_answered_with_work_in_proportion(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composer, "Events", CountedEvents)
    CountedEvents.asked = 0
    content = BOMBS[name].encode()
    answer(content)
    assert CountedEvents.asked <= MOST_EVENTS_A_BYTE * len(content)
