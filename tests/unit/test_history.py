"""The state database survives the process, and a place that cannot be used is told."""

import sqlite3
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


def test_what_cannot_be_written_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.db"
    history = History(path)
    other = sqlite3.connect(path)
    other.execute("DROP TABLE failure")
    other.close()
    history.record_failure("x", FailureRecord("call", 1, 1.0, "no"))
    assert "could not be written" in caplog.text
    history.close()
