"""However much is wrong, what is said of it is bounded, and found in time that is in proportion to what is read."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.bounds import IN_FILE, IN_REVISION
from gitpod_sync.manifests.diagnostics.diagnostics import render_text
from gitpod_sync.manifests.load import DocumentCache, load_revision
from gitpod_sync.manifests.reports.as_json import render_json
from gitpod_sync.manifests.reports.report import compute_report
from tests.unit.manifests.conftest import MakeRevision

Shape = Callable[[int], str]

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: one, image: one}]\n"
NAMED = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-N}\nspec:\n  containers: [{name: one, image: one"
DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web-N, annotations: {gitpod-sync.io/depends-on: Deployment/web-NEXT}}
spec:
  selector: {matchLabels: {app: web}, matchExpressions: [{key: t, operator: In, values: [xN]}]}
  template: {metadata: {labels: {app: web, t: xN}}, spec: {containers: [{name: one, image: one}]}}
"""
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"
SIZES = (210, 420, 840)


def numbered(text: str, number: int) -> str:
    return text.replace("NEXT", f"{number + 1:03}").replace("N", f"{number:03}")


def each(text: str) -> Shape:
    return lambda count: "".join(numbered(text, number) for number in range(count))


def listed(before: str, item: str, after: str) -> Shape:
    return lambda count: before + ", ".join(numbered(item, number) for number in range(count)) + after


def calls(task: Callable[[], object]) -> int:
    """How many functions are called for it, which no machine and nobody beside it changes."""
    counted = 0

    def count(_frame: FrameType, event: str, _: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        task()
    finally:
        sys.setprofile(None)
    return counted


OBJECTS: dict[str, Shape] = {
    "unknown fields": lambda count: POD + each("  xN: 1\n")(count),
    "labels that are numbers": listed(CONFIG_MAP.replace("}", ", labels: {"), "xN: 1", "}}\n"),
    "a port of the node at many addresses": listed(
        POD.removesuffix("}]\n") + ", ports: [", "{containerPort: 80, hostPort: 80, hostIP: 'fd00::N'}", "]}]\n"
    ),
}
REVISIONS: dict[str, Shape] = {
    "one pod again and again": each(f"---\n{POD}"),
    "pods that ask for one port of the node": each(f"---\n{NAMED}, ports: [{{containerPort: 80, hostPort: 80}}]}}]\n"),
    "workloads in a row that wait and overlap": each(DEPLOYMENT),
}


def assert_in_proportion(few: int, more: int, most: int) -> None:
    assert most - more < 2.1 * (more - few)


@pytest.mark.parametrize("shape", OBJECTS.values(), ids=OBJECTS)
def test_what_an_object_costs_grows_as_the_object_does(shape: Shape, revision_of: MakeRevision) -> None:
    def cost(size: int) -> int:
        return calls(partial(load_revision, revision_of({"a.yaml": shape(size)})))

    cost(3)
    assert_in_proportion(*map(cost, SIZES))


@pytest.mark.parametrize("shape", REVISIONS.values(), ids=REVISIONS)
def test_what_objects_cost_beside_each_other_grows_as_their_number_does(
    shape: Shape, revision_of: MakeRevision
) -> None:
    def cost(size: int) -> int:
        revision, cache = revision_of({"a.yaml": shape(size)}), DocumentCache()
        load_revision(revision, cache)
        return calls(partial(load_revision, revision, cache))

    assert_in_proportion(*map(cost, SIZES))


def test_of_a_file_so_many_findings_are_shown_and_the_rest_is_counted(revision_of: MakeRevision) -> None:
    revision = revision_of({"a.yaml": OBJECTS["unknown fields"](20_000)})
    loaded = load_revision(revision)
    *shown, rest = sorted(loaded.diagnostics, key=lambda each: each.code != "unknown-field")
    assert [found.code for found in shown] == ["unknown-field"] * IN_FILE
    assert (rest.code, rest.line, rest.message) == (
        "more-findings",
        1,
        "19900 more findings in this file are not shown",
    )
    assert len(render_text(loaded.diagnostics, [revision])) < 40_000


def test_an_error_is_shown_however_many_warnings_and_notes_come_before_it(revision_of: MakeRevision) -> None:
    volumes = listed("\n  volumes: [", "{name: vN}", "]\n")(500)
    loaded = load_revision(
        revision_of({"a.yaml": f"{POD}{volumes.lstrip()}  zzz: 1\n".replace("volumes", "  volumes", 1)})
    )
    assert loaded.desired is None
    assert "zzz" in "".join(found.field for found in loaded.diagnostics if found.severity is Severity.ERROR)


def test_of_a_revision_so_many_findings_are_shown_and_the_rest_is_counted(revision_of: MakeRevision) -> None:
    files = {f"{number:03}.yaml": OBJECTS["unknown fields"](50) for number in range(50)}
    loaded = load_revision(revision_of(files))
    told = [found for found in loaded.diagnostics if found.code == "more-findings"]
    assert len(loaded.diagnostics) - len(told) == IN_REVISION
    assert sum(int(found.message.split()[0]) for found in told) == 50 * 50 + 49 - IN_REVISION
    assert "and 29 others" in told[-1].message


def test_texts_of_a_million_characters_are_cut_wherever_they_are_told(revision_of: MakeRevision) -> None:
    long = "x" * 500_000
    document = f"{POD.replace('web', long)}  ? {long}\n  : 1\n  hostname: {long}\n  nodeName: 'a {long}'\n"
    revision = revision_of({"a.yaml": f"{document}---\n{document}"})
    loaded = load_revision(revision)
    assert len(loaded.diagnostics) > 5
    assert len(render_text(loaded.diagnostics, [revision])) < 50_000
    assert len(render_json(compute_report(loaded))) < 50_000


def test_a_key_that_may_be_a_secret_is_masked_before_its_text_is_cut(revision_of: MakeRevision) -> None:
    secret = "hunter 2 " * 60
    loaded = load_revision(
        revision_of({"a.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{'{secret}': 1}}\n"})
    )
    assert loaded.diagnostics
    assert "hunter" not in "".join(map(str, loaded.diagnostics))
