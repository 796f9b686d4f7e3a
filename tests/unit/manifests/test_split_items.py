"""A '- ' too many makes two items of one."""

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.split_items import join_split_items
from gitpod_sync.manifests.yaml.documents import FieldPath, Json


def missing(*path: str | int) -> Finding:
    return Finding("missing-field", path, f"`{path[-1]}` is missing", "add it", on_key=True)


def paths(value: Json, *findings: Finding) -> list[FieldPath]:
    return [finding.path for finding in join_split_items(value, findings)]


def test_each_dash_too_many_is_said_once() -> None:
    value = {"containers": [{"name": "web"}, {"image": "nginx"}, {"ports": []}]}
    given = [
        missing("containers", 0, "image"),
        missing("containers", 1, "name"),
        missing("containers", 2, "name"),
        missing("containers", 2, "image"),
    ]
    assert paths(value, *given) == [("containers", 1, "image"), ("containers", 2, "ports")]


def test_an_item_with_a_name_is_one_of_its_own() -> None:
    value = {"containers": [{"image": "nginx"}, {"name": "web"}]}
    given = [missing("containers", 0, "name"), missing("containers", 1, "image")]
    assert join_split_items(value, given) == given


def test_an_item_that_repeats_a_field_of_the_one_before_is_one_of_its_own() -> None:
    value = {"env": [{"name": "A", "value": "1"}, {"value": "2"}]}
    given = [missing("env", 1, "name")]
    assert join_split_items(value, given) == given


def test_a_field_that_no_part_has_stays_missing() -> None:
    value = {"mounts": [{"name": "a"}, {"readOnly": True}]}
    given = [missing("mounts", 0, "mountPath"), missing("mounts", 1, "name"), missing("mounts", 1, "mountPath")]
    assert paths(value, *given) == [("mounts", 0, "mountPath"), ("mounts", 1, "readOnly")]


def test_other_findings_stay() -> None:
    finding = Finding("wrong-type", ("containers", 0, "image"), "text is due")
    assert join_split_items({"containers": [{"image": 1}]}, [finding]) == [finding]
