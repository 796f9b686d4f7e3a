"""A plain folder as a source."""

import threading
from pathlib import Path

import pytest

from gitpod_sync.errors import SourceError
from gitpod_sync.sources.files import LARGEST_FILE
from gitpod_sync.sources.folder import FolderSource, read_folder
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
