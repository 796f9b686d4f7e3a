"""Of several sources those that are in the wrong are refused, and the others go on."""

from collections.abc import Mapping

from gitpod_sync.manifests.accept import Acceptance, accept
from gitpod_sync.manifests.load import DocumentCache
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.folder import blob_hash

POD = """apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers:
  - {name: main, image: IMAGE}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n"
BROKEN = "kind: Pod\n"
SOURCES = ("one", "two", "three")


def pod(name: str, image: str = "web:1") -> str:
    return POD.replace("NAME", name).replace("IMAGE", image)


def revision(source: str, commit: str, files: Mapping[str, str]) -> Revision:
    contents = {path: text.encode() for path, text in files.items()}
    return Revision(source, commit, {path: SourceFile(blob_hash(text), text) for path, text in contents.items()})


def of_each(commit: str = "1", **files: Mapping[str, str]) -> dict[str, Revision]:
    return {source: revision(source, f"{source}-{commit}", each) for source, each in files.items()}


def in_force(acceptance: Acceptance) -> list[str]:
    return [revision.commit for revision in acceptance.revisions.values()]


def names(acceptance: Acceptance) -> list[str]:
    assert acceptance.loaded.desired is not None, acceptance.diagnostics
    return [key.name for key in acceptance.loaded.desired.workloads]


def reasons(acceptance: Acceptance) -> dict[str, list[tuple[str, str]]]:
    return {name: [(each.file, each.code) for each in it.errors] for name, it in acceptance.refused.items()}


BEFORE = of_each(one={"a.yaml": pod("a")}, two={"b.yaml": pod("b")}, three={"c.yaml": pod("c")})


def test_an_invalid_source_keeps_what_is_in_force_of_it_and_the_others_go_on() -> None:
    newest = of_each("2", one={"a.yaml": BROKEN}, two={"b.yaml": pod("b2")}) | {"three": BEFORE["three"]}
    accepted = accept(SOURCES, BEFORE, newest)
    assert in_force(accepted) == ["one-1", "two-2", "three-1"]
    assert names(accepted) == ["a", "b2", "c"]
    assert {file for file, _ in reasons(accepted)["one"]} == {"one/a.yaml"}
    assert list(accepted.refused) == ["one"]


def test_of_two_sources_with_one_object_the_one_that_had_it_first_is_right_whatever_their_order() -> None:
    newest = of_each("2", one={"a.yaml": pod("a"), "b.yaml": pod("b")})
    accepted = accept(SOURCES, BEFORE, newest)
    assert in_force(accepted) == ["one-1", "two-1", "three-1"]
    (error,) = accepted.refused["one"].errors
    assert (error.file, error.line, error.code) == ("one/b.yaml", 3, "duplicate-object")
    assert "Pod default/b is already defined at two/b.yaml:3" in error.message


def test_the_source_that_has_an_object_in_force_may_change_it_in_the_moment_in_which_another_one_brings_it() -> None:
    newest = of_each("2", one={"a.yaml": pod("b")}, two={"b.yaml": pod("b", "web:2")})
    accepted = accept(SOURCES, BEFORE, newest)
    assert in_force(accepted) == ["one-1", "two-2", "three-1"]
    assert reasons(accepted) == {"one": [("one/a.yaml", "duplicate-object")]}


def test_of_two_sources_that_bring_one_new_object_at_once_the_later_one_of_the_configuration_is_refused() -> None:
    newest = of_each("2", one={"a.yaml": pod("new")}, two={"b.yaml": pod("new")})
    accepted = accept(SOURCES, BEFORE, newest)
    assert in_force(accepted) == ["one-2", "two-1", "three-1"]
    assert reasons(accepted) == {"two": [("two/b.yaml", "duplicate-object")]}


def test_a_source_is_not_refused_for_what_a_refused_one_would_have_brought() -> None:
    newest = of_each("2", one={"a.yaml": pod("new"), "z.yaml": BROKEN}, two={"b.yaml": pod("new")})
    accepted = accept(SOURCES, BEFORE, newest)
    assert in_force(accepted) == ["one-1", "two-2", "three-1"]
    assert names(accepted) == ["a", "c", "new"]


def test_an_object_moves_from_one_source_to_another_as_soon_as_both_have_moved() -> None:
    brought = of_each("2", one={"a.yaml": pod("a"), "b.yaml": pod("b")})
    first = accept(SOURCES, BEFORE, BEFORE | brought)
    assert list(first.refused) == ["one"]
    second = accept(SOURCES, first.revisions, BEFORE | brought | of_each("2", two={}))
    assert (in_force(second), second.refused) == (["one-2", "two-2", "three-1"], {})
    assert names(second) == ["a", "b", "c"]


def test_an_object_moves_although_a_third_source_is_invalid() -> None:
    newest = of_each("2", one={"a.yaml": pod("a"), "b.yaml": pod("b")}, two={}, three={"c.yaml": BROKEN})
    accepted = accept(SOURCES, BEFORE, newest)
    assert in_force(accepted) == ["one-2", "two-2", "three-1"]


def test_who_takes_away_what_another_source_refers_to_is_refused_when_references_are_strict() -> None:
    refers = pod("b").replace("image: web:1}", "image: web:1, envFrom: [{configMapRef: {name: config}}]}")
    before = of_each(one={"config.yaml": CONFIG}, two={"b.yaml": refers})
    newest = before | of_each("2", one={"a.yaml": pod("a")})
    accepted = accept(("one", "two"), before, newest, policy=Policy(strict=True))
    assert in_force(accepted) == ["one-1", "two-1"]
    assert reasons(accepted) == {"one": [("two/b.yaml", "unknown-object")]}
    both = accept(("one", "two"), before, newest | of_each("2", two={"b.yaml": pod("b")}), policy=Policy(strict=True))
    assert in_force(both) == ["one-2", "two-2"]


def test_what_cannot_change_is_held_against_what_is_in_force_of_that_source() -> None:
    frozen = CONFIG + "immutable: true\n"
    before = of_each(one={"config.yaml": frozen}, two={"b.yaml": pod("b")})
    newest = of_each("2", one={"config.yaml": frozen.replace("a: b", "a: c")}, two={"b.yaml": pod("b2")})
    accepted = accept(("one", "two"), before, newest)
    assert in_force(accepted) == ["one-1", "two-2"]
    assert reasons(accepted) == {"one": [("one/config.yaml", "immutable-field")]}


def test_a_refused_source_is_taken_once_it_is_mended_or_goes_back() -> None:
    broken = accept(SOURCES, BEFORE, BEFORE | of_each("2", one={"a.yaml": BROKEN}))
    back = accept(SOURCES, broken.revisions, BEFORE)
    assert (in_force(back), back.refused) == (["one-1", "two-1", "three-1"], {})
    mended = accept(SOURCES, broken.revisions, BEFORE | of_each("3", one={"a.yaml": pod("a3")}))
    assert in_force(mended) == ["one-3", "two-1", "three-1"]


def test_without_anything_in_force_all_have_to_be_valid() -> None:
    newest = of_each("2", one={"a.yaml": pod("a")}, two={"b.yaml": BROKEN})
    accepted = accept(("one", "two"), {}, newest)
    assert (accepted.loaded.desired, accepted.revisions) == (None, {})
    assert list(accepted.refused) == ["two"]


def test_a_source_that_nothing_is_known_of_is_not_done_without_and_a_new_one_is() -> None:
    known = {name: BEFORE[name] for name in ("one", "three")}
    newest = BEFORE | of_each("2", one={"a.yaml": pod("a2")}, two={"b.yaml": BROKEN})
    assert accept(SOURCES, known, newest).loaded.desired is None
    nothing_yet = known | {"two": Revision("two", "", {})}
    accepted = accept(SOURCES, nothing_yet, newest)
    assert in_force(accepted) == ["one-2", "", "three-1"]
    assert accepted.loaded.desired is not None
    assert accepted.loaded.desired.commit == "one-2+three-1"


def test_within_one_source_it_is_the_newcomer_of_two_objects_that_is_told_whatever_the_names_of_the_files() -> None:
    before = of_each(one={"z.yaml": pod("a")})
    accepted = accept(("one",), before, of_each("2", one={"a.yaml": pod("a"), "z.yaml": pod("a", "web:2")}))
    (error,) = accepted.refused["one"].errors
    assert (error.file, error.line) == ("a.yaml", 3)
    assert "z.yaml:3" in error.message


def test_files_that_did_not_change_are_not_read_again_though_a_source_is_refused() -> None:
    cache = DocumentCache()
    newest = BEFORE | of_each("2", one={"a.yaml": BROKEN})
    accept(SOURCES, BEFORE, newest, cache)
    # The blob names the content: a wrong content under a known blob shows whether it is read.
    unread = {
        name: Revision(name, it.commit, {path: SourceFile(file.blob, b"a: [") for path, file in it.files.items()})
        for name, it in BEFORE.items()
    }
    later = {**unread, "one": newest["one"], **of_each("2", three={"c.yaml": pod("c2")})}
    accepted = accept(SOURCES, unread, later, cache)
    assert names(accepted) == ["a", "b", "c2"]
