"""What a daemon makes of a revision that takes things away: it goes on with what is in force until somebody permits."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.revisions.desired_state import DesiredState
from gitpod_sync.loop.revisions.guard import Guard, allowed_sources
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.interventions import Intervention, Verb, source_key
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.folder import blob_hash
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History

APPS, DATA = SourceSpec("apps", "/srv/apps"), SourceSpec("data", "/srv/data")
LINK = "it is a symbolic link, which is not followed"


def pod(name: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: b}}]}}\n"


def revision(commit: str, files: Mapping[str, str], spec: SourceSpec = APPS, **skipped: str) -> Revision:
    contents = {path: SourceFile(blob_hash(text.encode()), text.encode()) for path, text in files.items()}
    return Revision(spec.name, commit, contents, skipped={f"{name}.yaml": why for name, why in skipped.items()})


class House:
    """A history, and what processes one after the other make of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = History(path)
        self.on_engine: Callable[[], Iterable[Key]] = tuple
        self.good: dict[str, Revision] = {}

    def begin(self, *specs: SourceSpec, policy: Policy = DEFAULT_POLICY) -> DesiredState:
        """A new process, whose sources can read again what was in force of them."""
        specs = specs or (APPS,)
        guard = Guard(self.history, allowed_sources(specs), self._look)
        wanted = DesiredState(specs, self.history, lambda: 1.0, lambda: None, policy, self.good.update, guard)
        for spec in specs:
            if spec.name in self.good:
                wanted.remember_last_good(self.good[spec.name])
        return wanted

    def _look(self) -> Iterable[Key]:
        return self.on_engine()

    def approve(self, *, at: float = 1.0) -> None:
        for each in self.history.held_removals():
            self.history.give_intervention(Intervention(source_key(each.source), Verb.APPROVE, each.hash, at))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "state.db")
    yield made
    made.history.close()


def names(wanted: DesiredState) -> list[str] | None:
    return None if wanted.desired is None else [key.name for key in wanted.desired.workloads]


BOTH = {"a.yaml": pod("a"), "b.yaml": pod("b")}


@pytest.mark.parametrize("files", [{}, {"a.yaml": "", "b.yaml": ""}], ids=["gone", "truncated"])
def test_a_source_that_has_become_empty_changes_nothing_until_that_is_approved(
    house: House, files: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    wanted = house.begin()
    wanted.offer(revision("1", BOTH))
    with caplog.at_level(logging.ERROR):
        wanted.offer(revision("2", files))
    assert names(wanted) == ["a", "b"]
    (held,) = house.history.held_removals()
    assert f"`gitpod-sync approve {held.hash}`" in caplog.text
    assert house.history.good_revisions() == {APPS.key: "1"}
    wanted.look_again()
    assert names(wanted) == ["a", "b"]
    house.approve()
    wanted.look_again()
    assert names(wanted) == []
    assert (house.history.held_removals(), house.history.interventions()) == ((), ())


def test_it_is_still_so_after_a_restart_and_said_once_a_process(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.begin().offer(revision("1", BOTH))
    house.begin().offer(revision("2", {"a.yaml": pod("a")}, b=LINK))
    wanted = house.begin()
    for _ in range(3):
        wanted.offer(revision("2", {"a.yaml": pod("a")}, b=LINK))
    assert names(wanted) == ["a", "b"]
    assert caplog.text.count(f"Pod default/b (b.yaml is still there, but {LINK})") == 2
    house.approve()
    assert names(house.begin()) is None
    again = house.begin()
    again.offer(revision("2", {"a.yaml": pod("a")}, b=LINK))
    assert names(again) == ["a"]


def test_what_is_put_right_needs_no_word_and_takes_the_word_for_the_mistake_away(house: House) -> None:
    wanted = house.begin()
    wanted.offer(revision("1", BOTH))
    wanted.offer(revision("2", {}))
    house.approve()
    wanted.offer(revision("1", BOTH))  # before anybody has looked
    assert (names(wanted), house.history.interventions()) == (["a", "b"], ())
    wanted.offer(revision("2", {}))
    assert names(wanted) == ["a", "b"]


def test_the_other_sources_go_on(house: House) -> None:
    wanted = house.begin(APPS, DATA)
    wanted.offer(revision("1", {"a.yaml": pod("a")}))
    wanted.offer(revision("1", {"d.yaml": pod("d")}, DATA))
    wanted.offer(revision("2", {}))
    wanted.offer(revision("2", {"d.yaml": pod("d"), "e.yaml": pod("e")}, DATA))
    assert names(wanted) == ["a", "d", "e"]
    assert house.history.good_revisions() == {APPS.key: "1", DATA.key: "2"}
    house.approve()
    wanted.look_again()
    assert names(wanted) == ["d", "e"]


def test_a_new_pattern_that_leaves_a_file_out_waits_and_the_former_ones_stay_in_force(house: House) -> None:
    house.begin().offer(revision("1", BOTH))
    wanted = house.begin(policy=Policy(exclude=("b.yaml",)))
    wanted.offer(revision("1", BOTH))
    assert names(wanted) == ["a", "b"]
    wanted.offer(revision("2", {**BOTH, "c.yaml": pod("c")}))
    assert names(wanted) == ["a", "b", "c"]
    house.approve()
    wanted.look_again()
    assert names(wanted) == ["a", "c"]
    # It is in force by now, so nothing waits any more.
    again = house.begin(policy=Policy(exclude=("b.yaml",)))
    again.offer(revision("2", {**BOTH, "c.yaml": pod("c")}))
    assert (names(again), house.history.held_removals()) == (["a", "c"], ())


def test_the_word_in_the_configuration_permits_it(house: House) -> None:
    wanted = house.begin(SourceSpec("apps", APPS.url, allow_empty=True))
    wanted.offer(revision("1", BOTH))
    wanted.offer(revision("2", {}))
    assert names(wanted) == []


def test_with_a_lost_database_an_empty_source_takes_nothing_away_from_the_engine(house: House) -> None:
    house.on_engine = lambda: [Key("Deployment", "default", "web")]
    wanted = house.begin()
    wanted.offer(revision("1", {}))
    assert names(wanted) is None
    house.approve()
    wanted.look_again()
    assert names(wanted) == []


def test_as_long_as_the_engine_cannot_tell_an_empty_source_is_not_believed(house: House) -> None:
    def unavailable() -> Iterable[Key]:
        raise EngineUnavailable("the engine does not answer")

    house.on_engine = unavailable
    wanted = house.begin()
    wanted.offer(revision("1", {}))
    assert names(wanted) is None
    house.on_engine = tuple
    wanted.look_again()
    assert names(wanted) == []


def test_what_an_earlier_version_accepted_is_read_again_to_know_what_is_in_force(house: House) -> None:
    house.history.record_good_revisions({APPS.key: "1"}, 1.0)
    house.good["apps"] = revision("1", BOTH)
    wanted = house.begin()
    wanted.offer(revision("2", {"a.yaml": pod("a"), "b.yaml": ""}))
    assert names(wanted) == ["a", "b"]


def test_what_could_not_be_written_down_is_in_force_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = house.begin()
    wanted.offer(revision("1", {"a.yaml": pod("a")}))
    monkeypatch.setattr(house.history, "record_in_force", lambda _layouts: None)  # as with a full disk
    wanted.offer(revision("2", BOTH))
    wanted.offer(revision("3", {"a.yaml": pod("a")}, b=LINK))
    assert names(wanted) == ["a", "b"]
