"""A daemon with several sources on the simulated engine: what is wrong with one of them stops none of the others."""

from pathlib import Path

import pytest

from gitpod_sync.engines.memory.person import Hand
from gitpod_sync.sources.spec import SourceSpec
from tests.support.daemon import Machine, eventually
from tests.support.repository import Repository

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: "IMAGE"}]
"""
BROKEN = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n"


def pod(name: str, image: str) -> str:
    return POD.replace("NAME", name).replace("IMAGE", image)


class Sources:
    """Two repositories and a plain folder, with a pod each, and the machine that follows them."""

    def __init__(self, root: Path) -> None:
        self.machine = Machine(root)
        self.one, self.two = Repository(root / "one"), Repository(root / "two")
        self.folder = root / "folder"
        self.folder.mkdir()
        self.one.commit({"a.yaml": pod("a", "web:1")})
        self.two.commit({"b.yaml": pod("b", "web:1")})
        (self.folder / "c.yaml").write_text(pod("c", "web:1"))
        urls = {"one": self.one.path, "two": self.two.path, "three": self.folder}
        self.specs = [SourceSpec(name, str(url), poll=0.2) for name, url in urls.items()]

    def eventually(self, **pods: str) -> None:
        eventually(lambda: self.machine.pods() == pods, what=f"{pods}")

    @property
    def ids(self) -> set[str]:
        return {each.id for each in self.machine.alive()}


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


def test_an_invalid_source_freezes_only_itself_also_across_a_restart(sources: Sources) -> None:
    machine, (one, _, three) = sources.machine, sources.specs
    with machine.daemon(sources.specs) as history:
        sources.eventually(a="web:1", b="web:1", c="web:1")
        refused = sources.one.commit({"a.yaml": BROKEN})
        eventually(lambda: list(history.refused_revisions()) == [one.key], what="the refusal")
        sources.two.commit({"b.yaml": pod("b", "web:2")})
        sources.eventually(a="web:1", b="web:2", c="web:1")
        (found,) = history.refused_revisions().values()
        assert (found.commit, found.count) == (refused, 1)
        assert found.findings[0].startswith("one/a.yaml:4:")
    (sources.folder / "c.yaml").write_text(BROKEN)
    kept = sources.ids
    with machine.daemon(sources.specs) as history:
        eventually(lambda: set(history.refused_revisions()) == {one.key, three.key}, what="both refusals")
        sources.two.commit({"b.yaml": pod("b", "web:2"), "new.yaml": pod("new", "web:1")})
        sources.eventually(a="web:1", b="web:2", c="web:1", new="web:1")
        assert kept < sources.ids
        Hand(machine.engine).remove(min(kept))
        sources.eventually(a="web:1", b="web:2", c="web:1", new="web:1")
        sources.one.commit({"a.yaml": pod("a", "web:3")})
        (sources.folder / "c.yaml").write_text(pod("c", "web:3"))
        sources.eventually(a="web:3", b="web:2", c="web:3", new="web:1")
        eventually(lambda: history.refused_revisions() == {}, what="nothing refused")


def test_an_object_that_another_source_has_is_the_error_of_the_newcomer(sources: Sources) -> None:
    with sources.machine.daemon(sources.specs) as history:
        sources.eventually(a="web:1", b="web:1", c="web:1")
        kept = sources.ids
        sources.one.commit({"b.yaml": pod("b", "other:1")})
        eventually(lambda: bool(history.refused_revisions()), what="the refusal")
        (found,) = history.refused_revisions().values()
        assert found.findings[0].startswith("one/b.yaml:3:18: error: ")
        assert "Pod default/b is already defined at two/b.yaml:3" in found.findings[0]
        assert sources.ids == kept
        # It changes hands once the other one lets go of it.
        sources.two.commit({"b.yaml": None, "new.yaml": pod("new", "web:1")})
        sources.eventually(a="web:1", b="other:1", c="web:1", new="web:1")
        assert history.refused_revisions() == {}


def test_a_new_source_that_is_invalid_from_the_beginning_stops_no_other(sources: Sources) -> None:
    machine, first = sources.machine, sources.specs[:2]
    with machine.daemon(first):
        sources.eventually(a="web:1", b="web:1")
    kept = sources.ids
    (sources.folder / "c.yaml").write_text(BROKEN)
    with machine.daemon(sources.specs) as history:
        eventually(lambda: bool(history.refused_revisions()), what="the refusal")
        sources.two.commit({"b.yaml": pod("b", "web:1"), "new.yaml": pod("new", "web:1")})
        sources.eventually(a="web:1", b="web:1", new="web:1")
        assert kept < sources.ids
        (sources.folder / "c.yaml").write_text(pod("c", "web:1"))
        sources.eventually(a="web:1", b="web:1", new="web:1", c="web:1")


def test_a_source_that_was_moved_and_is_invalid_at_its_new_place_ends_nothing(sources: Sources) -> None:
    machine = sources.machine
    with machine.daemon(sources.specs):
        sources.eventually(a="web:1", b="web:1", c="web:1")
    kept = sources.ids
    sources.one.commit({"a.yaml": BROKEN}, push="other")
    moved = [SourceSpec("one", str(sources.one.path), branch="other", poll=0.2), *sources.specs[1:]]
    with machine.daemon(moved) as history:
        eventually(lambda: moved[0].key in history.refused_revisions(), what="the refusal")
        assert sources.ids == kept
        sources.one.commit({"a.yaml": pod("a", "web:2")}, push="other")
        sources.eventually(a="web:2", b="web:1", c="web:1")


def test_a_source_that_is_away_when_the_daemon_begins_stops_no_other(sources: Sources) -> None:
    machine, away = sources.machine, sources.one.path.with_name("away.git")
    with machine.daemon(sources.specs):
        sources.eventually(a="web:1", b="web:1", c="web:1")
    kept = sources.ids
    sources.one.path.rename(away)
    with machine.daemon(sources.specs):
        sources.two.commit({"new.yaml": pod("new", "web:1")})
        sources.eventually(a="web:1", b="web:1", c="web:1", new="web:1")
        assert kept < sources.ids
