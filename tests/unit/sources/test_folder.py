"""A plain folder as a source."""

import threading
from pathlib import Path

import pytest

from gitpod_sync.errors import SourceError
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
    revision = open_source(SourceSpec("apps", str(tmp_path)), tmp_path / "state").fetch()
    assert list(revision.files) == ["deep/a.yaml"]
    assert revision.files["deep/a.yaml"].blob == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert "symbolic link" in revision.skipped["link.yaml"]
    assert revision.commit.startswith("folder-")


def test_the_name_of_a_state_follows_from_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("1")
    source = FolderSource(SourceSpec("apps", str(tmp_path)), tmp_path)
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


def test_a_change_is_seen(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    changed = threading.Event()
    watch = FolderSource(SourceSpec("apps", str(tmp_path)), tmp_path).watch(changed.set)
    try:
        (tmp_path / "deep" / "a.yaml").write_text("1")
        assert changed.wait(10)
    finally:
        watch.close()
