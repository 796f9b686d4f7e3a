"""A mistake never looks like a deletion: what a revision would take away although nobody asked for that."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.manifests.load import load_revision, load_revisions
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.manifests.removals import compute_removals
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.removal import Removal
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.folder import blob_hash

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"


def pod(name: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: b}}]}}\n"


def revision(
    files: Mapping[str, str], commit: str, skipped: Mapping[str, str] | None = None, source: str = "apps"
) -> Revision:
    contents = {path: text.encode() for path, text in files.items()}
    stored = {path: SourceFile(blob_hash(content), content) for path, content in contents.items()}
    return Revision(source, commit, stored, skipped=skipped or {})


def removals(
    before: Mapping[str, str],
    after: Mapping[str, str],
    skipped: Mapping[str, str] | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> tuple[Removal, ...]:
    loaded = load_revision(revision(after, "new", skipped), policy=policy)
    assert loaded.desired is not None, loaded.diagnostics
    return compute_removals(load_revision(revision(before, "old")).layouts, loaded.layouts)


TWO = {"pods/a.yaml": pod("a"), "pods/b.yaml": pod("b") + "---\n" + CONFIG_MAP}
LINK = "it is a symbolic link, which is not followed"


@pytest.mark.parametrize(
    "after",
    [
        {},
        {"README.yaml": ""},
        {"pods/a.yaml": "", "pods/b.yaml": ""},
        {"pods/a.yaml": "", "other.yaml": CONFIG_MAP},
        {"pods/a.yaml": "# nothing\n"},
    ],
    ids=["no file", "an empty file", "all files truncated", "a ConfigMap is left", "all is commented out"],
)
def test_the_last_workload_of_a_source_does_not_go_unasked(after: Mapping[str, str]) -> None:
    (found,) = removals(TWO, after)
    assert found.empties
    assert {Key("Pod", "default", "a"), Key("Pod", "default", "b")} <= {each.key for each in found.leaving}
    assert (found.in_force, found.commit) == ("old", "new")


@pytest.mark.parametrize(
    ("after", "skipped", "why"),
    [
        ({"pods/a.yaml": ""}, {}, "pods/a.yaml is still there, but it is empty"),
        ({"pods/a.yaml": "---\n\n---\n"}, {}, "pods/a.yaml is still there, but it is empty"),
        ({}, {"pods/a.yaml": LINK}, f"pods/a.yaml is still there, but {LINK}"),
        ({}, {"pods": LINK}, f"pods is still there, but {LINK}"),
        ({"pods/a.yaml": "services: {a: {}}\n"}, {}, "but it is passed over: a Compose file"),
    ],
)
def test_what_goes_while_its_file_stands_there_goes_unasked(
    after: Mapping[str, str], skipped: Mapping[str, str], why: str
) -> None:
    (found,) = removals(TWO, {"b.yaml": TWO["pods/b.yaml"], **after}, skipped)
    assert [each.key.name for each in found.leaving] == ["a"]
    assert why in found.leaving[0].unread
    assert not found.empties
    assert "loses objects whose files are still there" in found.cause


def test_a_chart_that_comes_beside_manifests_takes_none_away_unasked() -> None:
    before = {"templates/a.yaml": pod("a"), "b.yaml": pod("b")}
    (found,) = removals(before, {**before, "Chart.yaml": ""})
    assert str(found.leaving[0]).startswith(
        "Pod default/a (templates/a.yaml is still there, but it is taken for a part"
    )


def test_a_kustomization_that_takes_a_file_for_a_patch_takes_no_object_away_unasked() -> None:
    (found,) = removals(TWO, {**TWO, "kustomization.yaml": "patchesStrategicMerge: [pods/a.yaml]\n"})
    assert [each.key.name for each in found.leaving] == ["a"]


@pytest.mark.parametrize("policy", [Policy(exclude=("a.yaml",)), Policy(include=("**/b.yaml",))])
def test_what_the_configuration_leaves_out_by_now_goes_unasked(policy: Policy) -> None:
    (found,) = removals(TWO, TWO, policy=policy)
    assert [each.key.name for each in found.leaving] == ["a"]
    assert "`include` and `exclude`" in found.leaving[0].unread


@pytest.mark.parametrize(
    "after",
    [
        {"pods/b.yaml": TWO["pods/b.yaml"]},
        {"pods/a.yaml": pod("a"), "pods/b.yaml": CONFIG_MAP},
        {"pods/a.yaml": "# " + pod("a").replace("\n", "\n# ") + "\n", "pods/b.yaml": pod("b")},
        {"all/in-one.yaml": pod("b") + "---\n" + pod("a"), "pods/b.yaml": ""},
        {"pods/a.yaml": pod("c")},
    ],
    ids=["a file is deleted", "out of a file", "one is commented out", "moved, one file emptied", "renamed"],
)
def test_what_a_person_has_taken_out_goes(after: Mapping[str, str]) -> None:
    unmoved = {} if "all/in-one.yaml" not in after else {"settings.yaml": CONFIG_MAP}
    assert removals(TWO, {**after, **unmoved}) == ()


def test_a_source_that_is_not_followed_any_more_may_go_but_not_with_the_last_workload_of_all() -> None:
    web, db = (load_revision(revision({"a.yaml": pod(name)}, "c", source=name)).layouts[0] for name in ("web", "db"))
    empty = Layout("web", "d", {})
    assert compute_removals([web, db], [web]) == ()
    assert [each.source for each in compute_removals([web, db], [empty])] == ["web", "db"]
    assert [each.source for each in compute_removals([db], [empty])] == ["db"]


def test_what_moves_to_another_source_does_not_leave() -> None:
    before = [revision({"a.yaml": pod("a")}, "c", source="one"), revision({"b.yaml": pod("b")}, "c", source="two")]
    after = [revision({}, "d", source="one"), revision({"c.yaml": pod("a") + "---\n" + pod("b")}, "d", source="two")]
    assert compute_removals(load_revisions(before).layouts, load_revisions(after).layouts) == ()


def test_nothing_in_force_loses_nothing() -> None:
    empty = load_revision(revision({}, "c")).layouts
    assert compute_removals((), empty) == ()
    assert compute_removals(empty, empty) == ()


KEYS = st.builds(Key, st.sampled_from(["Pod", "ConfigMap", "CronJob"]), st.just("default"), st.sampled_from("abc"))
LAYOUTS = st.builds(
    Layout,
    st.sampled_from(["one", "two"]),
    st.sampled_from(["c", "d"]),
    st.dictionaries(KEYS, st.sampled_from(["x.yaml", "y/z.yaml"])),
    st.dictionaries(st.sampled_from(["x.yaml", "y"]), st.just("it is empty")),
)


@given(LAYOUTS, LAYOUTS)
def test_no_workload_is_ever_left_unless_that_is_told(before: Layout, after: Layout) -> None:
    found = compute_removals([before], [after])
    if before.asks_for_pods and not after.asks_for_pods:
        assert [each.empties for each in found] == [True]
        assert {each.key for each in found[0].leaving} == before.files.keys() - after.files.keys()


@given(LAYOUTS, LAYOUTS, LAYOUTS)
def test_an_approval_of_one_list_is_none_of_another(before: Layout, one: Layout, other: Layout) -> None:
    for first in compute_removals([before], [one]):
        for second in compute_removals([before], [other]):
            same = [each.key for each in first.leaving] == [each.key for each in second.leaving]
            assert (first.hash == second.hash) is same


def test_an_approval_is_of_one_source_and_one_revision_in_force() -> None:
    files = {Key("Pod", "default", "a"): "a.yaml"}
    hashes = {
        compute_removals([Layout(source, commit, files)], [Layout(source, "new", {})])[0].hash
        for source in ("one", "two")
        for commit in ("c", "d")
    }
    assert len(hashes) == 4


def test_a_long_list_is_told_in_short() -> None:
    files = {Key("Pod", "default", f"p{number:03}"): "" for number in range(500)}
    (found,) = compute_removals([Layout("one", "", files)], [Layout("one", "", {})])
    assert found.told.endswith(", and 480 more")
