"""A plain folder as a source."""

import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gitpod_sync.errors import SourceError
from gitpod_sync.sources import writers
from gitpod_sync.sources.files import LARGEST_FILE
from gitpod_sync.sources.folder import APART, FolderSource, read_folder
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec


def test_manifests_are_read_as_they_lie_there_with_the_hashes_that_git_would_give(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.yaml").write_bytes(b"hello\n")
    (tmp_path / "notes.txt").write_text("no manifest")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "b.yaml").write_text("b")
    (tmp_path / "link.yaml").symlink_to("/etc/passwd")
    (tmp_path / "elsewhere").symlink_to("/etc")
    revision = open_source(SourceSpec("apps", str(tmp_path)), tmp_path / "state").fetch()
    assert list(revision.files) == ["deep/a.yaml"]
    assert revision.files["deep/a.yaml"].blob == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert sorted(revision.skipped) == ["elsewhere", "link.yaml"]
    assert "symbolic link" in revision.skipped["elsewhere"]
    assert revision.commit.startswith("folder-")


def test_the_name_of_a_state_follows_from_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    source = FolderSource(SourceSpec("apps", str(tmp_path)), tmp_path, tmp_path / "state")
    first = source.fetch().commit
    assert source.fetch().commit == source.revision(first).commit == first
    (tmp_path / "a.yaml").write_text("2")
    assert source.fetch().commit != first
    with pytest.raises(SourceError, match="keeps no earlier state"):
        source.revision(first)


class Writer:
    """Writes to a folder while it is read: a step in each pause between two readings."""

    def __init__(self, root: Path, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.pauses: list[float] = []
        self.source = FolderSource(SourceSpec("apps", str(root)), root, root / ".state", self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if self.steps:
            self.steps.pop(0)()


def left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing there was written within the last hour."""
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3600)
    assert root.stat().st_ctime < time.time() - APART


def test_a_change_counts_once_two_readings_a_second_apart_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a.yaml"
    place.write_text("old")
    left_alone(tmp_path, monkeypatch)
    steps = [partial(place.write_text, text) for text in ("new, half", "new, half, and the rest")]
    writer = Writer(tmp_path, *steps)
    assert writer.source.fetch().files["a.yaml"].content == b"old"
    assert (writer.pauses, len(writer.steps)) == ([], 2), "what was left alone is read once"
    place.write_text("")
    assert writer.source.fetch().files["a.yaml"].content == b"new, half, and the rest"
    assert writer.pauses == [APART] * 3
    writer.source.fetch()
    assert len(writer.pauses) == 3, "what did not change is not read twice"


def test_a_folder_that_was_just_written_to_is_read_twice_at_the_first_time_unless_it_is_only_looked_at(
    tmp_path: Path,
) -> None:
    place = tmp_path / "deep" / "a.yaml"
    place.parent.mkdir()
    place.write_text("")
    writer = Writer(tmp_path, partial(place.write_text, "new"))
    assert writer.source.fetch(settled=False).files["deep/a.yaml"].content == b""
    assert writer.pauses == []
    assert writer.source.fetch().files["deep/a.yaml"].content == b"new"


def test_a_file_that_was_just_removed_or_put_there_with_its_old_time_is_seen_as_a_change_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yaml").write_text("1")
    os.utime(tmp_path / "a.yaml", (1.0, 1.0))
    writer = Writer(tmp_path)
    writer.source.fetch()
    assert writer.pauses == [APART]
    later = Writer(tmp_path)
    left_alone(tmp_path, monkeypatch)
    later.source.fetch()
    assert later.pauses == []


def test_a_folder_that_changes_without_a_pause_cannot_be_read(tmp_path: Path) -> None:
    place = tmp_path / "a.yaml"
    place.write_text("0")
    writer = Writer(tmp_path, *(partial(place.write_text, str(number)) for number in range(1, 1000)))
    with pytest.raises(SourceError, match="changes without a pause"):
        writer.source.fetch()


@pytest.mark.skipif(sys.platform != "linux", reason="nobody can tell elsewhere")
def test_a_file_that_is_open_for_writing_does_not_count_however_long_the_pause_in_the_writing(tmp_path: Path) -> None:
    place = tmp_path / "a.yaml"
    with place.open("w") as file:
        file.write("first half")
        file.flush()
        writer = Writer(tmp_path, str, str, partial(file.write, ", second half"), file.close)
        assert writer.source.fetch().files["a.yaml"].content == b"first half, second half"
    assert len(writer.pauses) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="nobody can tell elsewhere")
def test_a_file_that_stays_open_for_writing_is_named_and_is_in_the_way_only_when_it_changes(tmp_path: Path) -> None:
    with (tmp_path / "held.json").open("w"):
        writer = Writer(tmp_path)
        with pytest.raises(SourceError, match=r"held\.json is open for writing"):
            writer.source.fetch()
    writer.source.fetch()
    with (tmp_path / "held.json").open("a"):
        (tmp_path / "a.yaml").write_text("1")
        assert list(writer.source.fetch().files) == ["a.yaml", "held.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="nobody can tell elsewhere")
def test_where_the_kernel_cannot_tell_of_writers_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, mounts = tmp_path / "a.yaml", tmp_path / "mountinfo"
    monkeypatch.setattr(writers, "_MOUNTS", mounts)
    with place.open("w"):
        device = place.stat().st_dev
        line = f"36 35 {os.major(device)}:{os.minor(device)} / /srv rw,noatime master:1 - TYPE server:/srv rw\n"
        for kind, told in (("ext4", True), ("nfs4", False)):
            mounts.write_text(f"1 0 999:1 / / rw - xfs /dev/a rw\n{line.replace('TYPE', kind)}")
            assert writers.has_writer(place) is told
        mounts.unlink()
        assert not writers.has_writer(place)


def test_what_is_in_force_is_kept_beside_the_folder_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    root, state = tmp_path / "pods", tmp_path / "state"
    root.mkdir()
    (root / "a.yaml").write_text("1")
    (root / "odd \udcff.yaml").write_text("2")
    source = FolderSource(SourceSpec("apps", str(root)), root, state)
    first = source.fetch(settled=False)
    source.keep(first)
    (root / "a.yaml").write_text("other")
    again = FolderSource(SourceSpec("apps", str(root)), root, state)
    assert again.revision(first.commit).files == first.files
    (copy,) = state.iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600
    copy.write_bytes(b"damaged")
    with pytest.raises(SourceError, match="keeps no earlier state"):
        again.revision(first.commit)


def test_one_file_may_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    assert list(read_folder("x", tmp_path / "a.yaml").files) == ["a.yaml"]
    with pytest.raises(SourceError, match="does not exist"):
        read_folder("x", tmp_path / "none")


def test_a_file_of_more_than_50_mebibytes_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "big.yaml").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    revision = read_folder("x", tmp_path)
    assert (list(revision.files), list(revision.refused)) == ([], ["big.yaml"])
    assert "50 MiB" in revision.refused["big.yaml"]


def test_a_change_is_seen(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    changed = threading.Event()
    watch = FolderSource(SourceSpec("apps", str(tmp_path)), tmp_path, tmp_path / "state").watch(changed.set)
    try:
        (tmp_path / "deep" / "a.yaml").write_text("1")
        assert changed.wait(10)
    finally:
        watch.close()


def test_many_changes_are_told_once_it_is_quiet_and_what_is_no_manifest_is_not_told(tmp_path: Path) -> None:
    calls: list[float] = []
    changed = threading.Event()

    def note() -> None:
        calls.append(time.monotonic())
        changed.set()

    (tmp_path / ".hidden").mkdir()
    watch = FolderSource(SourceSpec("apps", str(tmp_path)), tmp_path, tmp_path / "state").watch(note)
    try:
        (tmp_path / ".hidden" / "a.yaml").write_text("1")
        with (tmp_path / "a.yaml").open("w") as manifest:
            for number in range(200):
                manifest.write(f"{number}\n")
                manifest.flush()
        last = time.monotonic()
        assert changed.wait(10)
    finally:
        watch.close()
    # The machine may have stood still between two writes; a call for each would be hundreds.
    assert len(calls) < 20
    assert calls[-1] > last


def test_a_path_through_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "pods").mkdir()
    (tmp_path / "pods" / "up").symlink_to("..")
    with pytest.raises(SourceError, match="leads out of"):
        FolderSource(SourceSpec("apps", str(tmp_path), path="up"), tmp_path / "pods", tmp_path).fetch()


def test_a_folder_that_cannot_be_read_is_no_deletion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.yaml").write_text("1")
    # Root may read everything: take the folder away between the listing and the reading instead.
    listed = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: (listed(path), path.name == "a.yaml" and path.unlink())[0])
    with pytest.raises(SourceError, match="cannot be read"):
        read_folder("x", tmp_path)
