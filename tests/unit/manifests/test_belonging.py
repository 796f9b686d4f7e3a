"""Where a field belongs that stands somewhere else."""

import pytest

from gitpod_sync.manifests.schema.belonging import is_along, kinds_with, place, render_owners, ways_along, ways_to
from gitpod_sync.manifests.yaml.documents import FieldPath

CONTAINER: FieldPath = ("spec", "containers", 1)


@pytest.mark.parametrize(
    ("kind", "owner", "name", "beside", "said"),
    [
        ("Pod", ("spec",), "image", (), "an item of `spec.containers`"),
        ("Pod", (), "labels", (), "`metadata`"),
        ("Pod", CONTAINER, "volumes", (), "`spec`"),
        ("Pod", CONTAINER, "fsGroup", (), "`spec.securityContext`"),
        ("Pod", (*CONTAINER, "env", 0), "resources", (), "`spec.containers[1]`"),
        ("Pod", (*CONTAINER, "livenessProbe"), "port", ("port", "path"), "`spec.containers[1].livenessProbe.httpGet`"),
        (
            "Pod",
            (*CONTAINER, "resources"),
            "cpu",
            (),
            "`spec.containers[1].resources.limits` or `spec.containers[1].resources.requests`",
        ),
        ("CronJob", ("spec",), "template", (), "`spec.jobTemplate.spec`"),
        ("PersistentVolumeClaim", ("spec",), "storage", (), "`spec.resources.requests`"),
        ("Secret", ("data",), "stringData", (), "the top level"),
    ],
)
def test_the_nearest_owner_is_named(kind: str, owner: FieldPath, name: str, beside: tuple[str, ...], said: str) -> None:
    assert render_owners(ways_to(kind, name, owner, beside), owner) == said


def test_a_field_of_no_object_of_the_kind_belongs_nowhere() -> None:
    assert ways_to("Pod", "targetPort", CONTAINER) == ()
    assert ways_to("Role", "replicas", ()) == ()
    assert ways_to("List", "items", ()) == ()


def test_a_field_that_is_far_away_is_not_meant() -> None:
    assert ways_to("Pod", "topologyKey", (*CONTAINER, "livenessProbe", "httpGet")) == ()


def test_other_kinds_with_the_field_at_the_same_place_are_named() -> None:
    assert kinds_with("updateStrategy", ("spec",)) == ["DaemonSet", "StatefulSet"]
    assert kinds_with("stringData", ()) == ["Secret"]
    assert kinds_with("nonsense", ("spec",)) == []


def test_indexes_are_kept_as_far_as_both_ways_go_together() -> None:
    way = ("spec", "containers", "[]", "ports", "[]", "name")
    assert place(way, (*CONTAINER, "env", 3)) == ("spec", "containers", 1, "ports", "[]", "name")


def test_what_holds_a_field_is_along_the_way_to_it() -> None:
    ways = ways_along([("spec", "containers", "[]", "image"), ("spec", "volumes", 1, "name")])
    assert is_along(("spec",), ways)
    assert is_along(("spec", "containers", 4, "image"), ways)
    assert is_along(("spec", "volumes", 1, "name"), ways)
    assert not is_along(("spec", "volumes", 2, "name"), ways)
    assert not is_along(("spec", "containers", 4, "name"), ways)
    assert not is_along(("spec", "containers", 4, "image", "tag"), ways)
