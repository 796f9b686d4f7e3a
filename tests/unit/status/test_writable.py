"""Whether a place takes anything is found out without writing there."""

import os
from pathlib import Path

import pytest

from gitpod_sync.status.writable import NO_ROOM, NOT_OURS, READ_ONLY, why_unwritable


def test_a_folder_that_is_there_or_can_be_made_takes_something(tmp_path: Path) -> None:
    assert not why_unwritable(tmp_path)
    assert not why_unwritable(tmp_path / "to" / "be" / "made")
    assert list(tmp_path.iterdir()) == []


def test_what_the_kernel_never_lets_anybody_write_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert why_unwritable(tmp_path) == NOT_OURS
    found = os.statvfs(tmp_path)
    full = os.statvfs_result((*found[:3], 1, 1, *found[5:]))
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    assert why_unwritable(tmp_path) == NO_ROOM
    read_only = os.statvfs_result((*found[:8], found.f_flag | os.ST_RDONLY, found.f_namemax))
    monkeypatch.setattr(os, "statvfs", lambda _: read_only)
    assert why_unwritable(tmp_path) == READ_ONLY
