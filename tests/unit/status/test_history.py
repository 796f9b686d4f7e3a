"""The state database survives the process, and a place that cannot be used is told."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitpod_sync.errors import ConfigError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.records.event import Event, EventType
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import DeploymentRecord, TemplateRevision
from gitpod_sync.status import events as table
from gitpod_sync.status import history as history_module
from gitpod_sync.status.history import FailureRecord, History
from gitpod_sync.status.revisions import MOST_FINDINGS, RefusedRevision
from gitpod_sync.status.writable import NO_ROOM, NOT_OURS, READ_ONLY


def refused(commit: str, at: float = 1.0, findings: tuple[str, ...] = ("a.yaml:1:1: error",)) -> RefusedRevision:
    return RefusedRevision(commit, at, findings, len(findings))


def test_a_refused_revision_is_known_by_its_source_since_it_was_first_refused(tmp_path: Path) -> None:
    history = History(tmp_path / "state.db")
    assert history.refused_revisions() == {}
    history.record_refused_revisions({"a": refused("c1"), "b": refused("c2")})
    history.record_refused_revisions({"b": refused("c2", 5.0, ("other",)), "c": refused("c3", 5.0)})
    assert history.refused_revisions() == {"b": refused("c2", 1.0, ("other",)), "c": refused("c3", 5.0)}
    history.record_refused_revisions({"b": refused("c4", 6.0)})
    assert history.refused_revisions() == {"b": refused("c4", 6.0)}
    history.record_refused_revisions({})
    assert history.refused_revisions() == {}
    history.close()


def test_of_many_findings_of_a_refused_revision_the_first_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    history = History(tmp_path / "state.db")
    history.record_refused_revisions({"a": refused("c1", findings=tuple(map(str, range(1000))))})
    kept = history.refused_revisions()["a"]
    assert (kept.findings, kept.count) == (tuple(map(str, range(MOST_FINDINGS))), 1000)
    history.close()


def test_what_was_recorded_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.db"
    history = History(path)
    history.record_good_revisions({"a": "c1", "b": "c2"}, at=1.0)
    history.record_good_revisions({"a": "c3", "b": "c2"}, at=2.0)
    history.record_failure("image/x", FailureRecord("pull", 2, 5.0, "no"))
    history.record_failure("other", FailureRecord("call", 1, 6.0, "no"))
    history.forget_failures(frozenset({"other"}))
    history.close()
    again = History(path)
    assert again.good_revisions() == {"a": "c3", "b": "c2"}
    assert again.failures() == {"image/x": FailureRecord("pull", 2, 5.0, "no")}
    again.close()


def test_a_place_that_cannot_be_used_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="set state_dir"):
        History(tmp_path / "file" / "state.db")


def fill_with_garbage(path: Path) -> None:
    path.write_bytes(b"no database at all " * 100)


def damage_its_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x01" * (len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [fill_with_garbage, damage_its_pages])
def test_a_damaged_database_begins_anew_and_the_old_file_is_kept(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    first = History(path)
    first.record_good_revisions({"a": "c1"}, at=1.0)
    first.close()
    spoil(path)
    history = History(path)
    assert history.good_revisions() == {}
    history.record_good_revisions({"a": "c2"}, at=2.0)
    assert history.good_revisions() == {"a": "c2"}
    history.close()
    assert (tmp_path / "state.damaged").exists()


@pytest.mark.parametrize("reading", [False, True])
def test_a_database_of_a_newer_version_is_refused_in_words_and_left_as_it_is(tmp_path: Path, *, reading: bool) -> None:
    path = tmp_path / "state.db"
    History(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"written by a newer gitpod-sync: it is of version 999.*use the newer one"):
        History(path, reading=reading)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_database_from_before_a_table_was_added_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    first = History(path)
    first.record_good_revisions({"a": "c1"}, at=1.0)
    first.close()
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE resized")
    connection.close()
    reader = History(path, reading=True)
    assert (reader.good_revisions().get("a"), reader.resized()) == ("c1", {})
    reader.close()
    again = History(path)
    again.record_resized({"u": "{}"})
    assert again.resized() == {"u": "{}"}
    again.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@pytest.mark.parametrize("left", ["closed", "in use", "killed", "killed, without the index"])
def test_who_only_reads_sees_all_that_was_written_and_leaves_no_trace(tmp_path: Path, left: str) -> None:
    path = tmp_path / "live" / "state.db"
    writer = History(path)
    writer.record_good_revisions({"a": "c1"}, at=1.0)
    if left == "closed":
        writer.close()
    elif left.startswith("killed"):
        shutil.copytree(path.parent, tmp_path / "copy")
        path = tmp_path / "copy" / "state.db"
    if left.endswith("index"):
        (path.parent / "state.db-shm").unlink()
    before = contents(path.parent)
    reader = History(path, reading=True)
    assert reader.good_revisions().get("a") == "c1"
    reader.close()
    assert contents(path.parent).keys() == before.keys()
    assert contents(path.parent)["state.db"] == before["state.db"]
    writer.close()


def test_who_only_reads_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    reader = History(tmp_path / "state" / "state.db", reading=True)
    assert reader.is_blank
    reader.close()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("why", [READ_ONLY, NO_ROOM, NOT_OURS])
def test_what_could_not_be_opened_is_read_and_written_once_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    path = tmp_path / "state.db"
    first = History(path)
    first.record_good_revisions({"a": "c1"}, at=1.0)
    first.close()

    def refuse(*_arguments: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(history_module, "open_database", refuse)
    monkeypatch.setattr(history_module, "why_unwritable", lambda _: why)
    monkeypatch.setattr(history_module, "OPEN_EVERY", 0.0)
    history = History(path)
    assert "what is there is read" in caplog.text
    history.record_good_revisions({"a": "c1", "b": "c2"}, at=2.0)
    assert (history.good_revisions().get("a"), history.good_revisions().get("b")) == ("c1", "c2")
    with pytest.raises(ConfigError, match=f"the order could not be written: {why}"):
        history.give_intervention(Intervention(Key("Deployment", "default", "web"), Verb.PAUSE, at=1.0))
    monkeypatch.undo()
    monkeypatch.setattr(history_module, "OPEN_EVERY", 0.0)
    history.catch_up()
    history.close()
    again = History(path)
    assert (again.good_revisions().get("a"), again.good_revisions().get("b")) == ("c1", "c2")
    again.close()


def test_what_cannot_be_written_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.db"
    history = History(path)
    other = sqlite3.connect(path)
    other.execute("DROP TABLE failure")
    other.close()
    history.record_failure("x", FailureRecord("call", 1, 1.0, "no"))
    assert "could not be written" in caplog.text
    assert history.failures() == {}
    assert "could not be read" in caplog.text
    history.close()


def event(message: str = "Started container main", name: str = "web") -> Event:
    return Event(Key("Pod", "default", name), "Started", message, EventType.NORMAL, "uid-1")


def test_the_same_event_is_counted_and_one_of_the_same_time_is_the_same(tmp_path: Path) -> None:
    history = History(tmp_path / "state.db")
    history.record_events([(event(), 20.0), (event(), 10.0), (event(), 20.0)])
    history.record_events([(event(), 20.0), (event("other"), 15.0)])
    told = [(each.event.message, each.count, each.first_at, each.last_at) for each in history.events("default")]
    assert told == [("other", 1, 15.0, 15.0), ("Started container main", 2, 10.0, 20.0)]
    assert history.events("elsewhere") == ()
    history.close()


def ongoing(message: str, name: str = "web") -> Event:
    return Event(Key("Pod", "default", name), "FailedMount", message, EventType.WARNING, "u", ongoing=True)


def test_a_wait_that_counts_is_one_event_in_its_newest_words(tmp_path: Path) -> None:
    history = History(tmp_path / "a.db")
    history.record_events([(ongoing("try 1 of 5 at 3f9ad0c412aa"), 10.0)])
    history.record_events(
        [(ongoing("try 2 of 5 at 77ab12cd34ef"), 20.0), (ongoing("try 3 of 5 at 77ab12cd34ef"), 30.0)]
    )
    history.record_events([(ongoing("it is another reason"), 35.0), (ongoing("try 1 of 5 at 0", "other"), 36.0)])
    told = [(each.event.about.name, each.event.message, each.count, each.first_at) for each in history.events()]
    assert told == [
        ("web", "try 3 of 5 at 77ab12cd34ef", 3, 10.0),
        ("web", "it is another reason", 1, 35.0),
        ("other", "try 1 of 5 at 0", 1, 36.0),
    ]
    history.record_events([(event("Scaled up to 1"), 40.0), (event("Scaled up to 2"), 41.0)])
    assert len(history.events()) == 5, "numbers of what has happened tell one from the other"


def test_waits_that_were_written_down_apart_are_counted_on(tmp_path: Path) -> None:
    history = History(tmp_path / "a.db")
    before = [(replace(ongoing(f"try {number}"), ongoing=False), float(number)) for number in (1, 2)]
    history.record_events(before)
    history.record_events([(ongoing("try 2"), 20.0)])
    history.record_events([(ongoing("try 3"), 30.0)])
    assert sorted(each.event.message for each in history.events()) == ["try 2", "try 3"]


def test_events_that_are_old_or_too_many_are_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(tmp_path / "state.db")
    history.record_events([(event(name=f"web-{number}"), float(number)) for number in range(20)])
    monkeypatch.setattr(table, "FORGET_SURPLUS", table.FORGET_SURPLUS.replace(str(table.KEEP_AT_MOST), "5"))
    history.forget_events(now=table.KEEP_FOR + 2.0)
    assert [each.event.about.name for each in history.events()] == [f"web-{number}" for number in range(15, 20)]
    history.forget_events(now=table.KEEP_FOR + 18.0)
    assert [each.event.about.name for each in history.events()] == ["web-18", "web-19"]
    history.close()


def test_rows_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    history = History(path)
    other = sqlite3.connect(path)
    refuse = (
        "CREATE TRIGGER no BEFORE INSERT ON good_revision WHEN new.source = 'b' BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    other.execute(refuse)
    other.close()
    history.record_good_revisions({"a": "c1", "b": "c2"}, at=1.0)
    assert history.good_revisions() == {}
    history.close()


def test_of_sources_that_are_not_configured_any_more_nothing_is_in_force(tmp_path: Path) -> None:
    history = History(tmp_path / "state.db")
    history.record_good_revisions({"a": "c1", "b": "c2"}, at=1.0)
    history.record_good_revisions({"b": "c2", "c": "c3"}, at=2.0)
    assert history.good_revisions() == {"b": "c2", "c": "c3"}
    history.close()


def test_a_record_of_a_workload_is_there_after_opening_again_and_one_that_makes_no_sense_is_not(tmp_path: Path) -> None:
    path, key = tmp_path / "state.db", Key("Deployment", "default", "web")
    record = DeploymentRecord(
        revisions=(TemplateRevision(2, "abc", PodTemplate(PodSpec((Container("main", "web:1"),)))),)
    )
    history = History(path)
    history.record_workloads({key: record, Key("Deployment", "default", "gone"): record})
    history.forget_workloads(frozenset({Key("Deployment", "default", "gone")}))
    history.close()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO workload VALUES ('Deployment', 'default', 'odd', '{')")
    connection.commit()
    connection.close()
    again = History(path)
    assert again.records() == {key: record}
    again.close()
