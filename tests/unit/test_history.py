"""The state database survives the process, and a place that cannot be used is told."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gitpod_sync.errors import ConfigError
from gitpod_sync.status.history import FailureRecord, History


def test_what_was_recorded_is_there_after_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.db"
    history = History(path)
    history.record_good_revisions({"a": "c1", "b": "c2"}, at=1.0)
    history.record_good_revisions({"a": "c3"}, at=2.0)
    history.record_failure("image/x", FailureRecord("pull", 2, 5.0, "no"))
    history.record_failure("other", FailureRecord("call", 1, 6.0, "no"))
    history.forget_failures(frozenset({"other"}))
    history.close()
    again = History(path)
    assert (again.good_revision("a"), again.good_revision("b"), again.good_revision("c")) == ("c3", "c2", None)
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


def leave_it_to_another_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


@pytest.mark.parametrize("spoil", [fill_with_garbage, damage_its_pages, leave_it_to_another_version])
def test_a_damaged_database_begins_anew_and_the_old_file_is_kept(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    first = History(path)
    first.record_good_revisions({"a": "c1"}, at=1.0)
    first.close()
    spoil(path)
    history = History(path)
    assert history.good_revision("a") is None
    history.record_good_revisions({"a": "c2"}, at=2.0)
    assert history.good_revision("a") == "c2"
    history.close()
    assert (tmp_path / "state.damaged").exists()


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
