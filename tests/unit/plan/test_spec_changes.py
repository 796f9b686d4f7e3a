"""What a dry run shows of workloads beside their pods: what was in force, field by field."""

import json
from typing import Any

import pytest

from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan.report.field_changes import ChangeKind, FieldChange, ObjectChange
from gitpod_sync.plan.report.render import render_changes
from gitpod_sync.plan.report.spec_changes import compute_spec_changes, merge_changes
from tests.support.simulation import desired_from

TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "app", "image": "app:1"}]}}
SELECTED = {"selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}
WEB = Key("Deployment", "default", "web")


def workload(kind: str, annotations: dict[str, str] | None = None, **spec: Any) -> str:
    metadata = {"name": "web", "annotations": annotations or {}}
    return json.dumps({"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {**SELECTED, **spec}})


def told(before: str, after: str) -> list[str]:
    old, new = desired_from(before).workloads, desired_from(after).workloads
    return render_changes(tuple(compute_spec_changes(old, new))).splitlines()


ON_DELETE = {"updateStrategy": {"type": "OnDelete"}}


@pytest.mark.parametrize(
    ("kind", "before", "after", "lines"),
    [
        ("Deployment", {}, {"revisionHistoryLimit": 3}, ["spec.revisionHistoryLimit: (none) → 3"]),
        ("Deployment", {}, {"strategy": {"type": "Recreate"}}, ['spec.strategy: (none) → {"type": "Recreate"}']),
        (
            "Deployment",
            {"minReadySeconds": 5},
            {"paused": True},
            ["spec.minReadySeconds: 5 → (none)", "spec.paused: (none) → true"],
        ),
        ("StatefulSet", {}, ON_DELETE, ['spec.updateStrategy: (none) → {"type": "OnDelete"}']),
        ("DaemonSet", ON_DELETE, {}, ['spec.updateStrategy: {"type": "OnDelete"} → (none)']),
    ],
)
def test_each_field_that_no_pod_shows_is_told(kind: str, before: Any, after: Any, lines: list[str]) -> None:
    assert told(workload(kind, **before), workload(kind, **after)) == [
        f"~ {kind} default/web",
        *(f"    {line}" for line in lines),
    ]


def test_annotations_of_the_workload_are_told() -> None:
    assert told(workload("Deployment"), workload("Deployment", {"gitpod-sync.io/on-failure": "hold"})) == [
        "~ Deployment default/web",
        '    metadata.annotations: (none) → {"gitpod-sync.io/on-failure": "hold"}',
    ]


def test_replicas_and_the_template_are_left_to_the_comparison_with_the_pods() -> None:
    other = {**TEMPLATE, "spec": {"containers": [{"name": "app", "image": "app:2"}]}}
    assert told(workload("Deployment"), workload("Deployment", replicas=5, template=other)) == []


def test_an_object_is_told_once_with_each_of_its_fields_once() -> None:
    image, limit = FieldChange("image", "a", "b"), FieldChange("limit", 1, 2)
    running = ObjectChange(WEB, ChangeKind.UPDATE, (image,))
    note = ObjectChange(WEB, ChangeKind.NOTE, why="it is held")
    declared = ObjectChange(WEB, ChangeKind.UPDATE, (image, limit))
    assert merge_changes([running, note], [declared]) == (ObjectChange(WEB, ChangeKind.UPDATE, (image, limit)), note)
    assert merge_changes([], [declared]) == (declared,)
    created = ObjectChange(WEB, ChangeKind.CREATE)
    assert merge_changes([created], [declared]) == (created,)
