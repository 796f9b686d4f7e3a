"""One process at a time acts for an instance."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from gitpod_sync.errors import ConfigError
from gitpod_sync.loop.lock import acting


def test_a_second_one_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    with acting(tmp_path, "main"), pytest.raises(ConfigError, match=str(os.getpid())), acting(tmp_path, "main"):
        pass


def test_other_instances_and_later_holders_are_free(tmp_path: Path) -> None:
    with acting(tmp_path, "main"), acting(tmp_path, "other"):
        pass
    with acting(tmp_path, "main"):
        pass


def test_who_deletes_the_state_directory_does_not_free_the_lock(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with acting(state, "main"):
        shutil.rmtree(state)
        with pytest.raises(ConfigError, match="was deleted under it"), acting(state, "main"):
            pass
    with acting(state, "main"):
        pass


@pytest.mark.parametrize("there_before", [False, True])
def test_where_nothing_can_be_written_one_process_acts_all_the_same_and_no_second_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there_before: bool
) -> None:
    if there_before:
        with acting(tmp_path, "main"):
            pass
    really_open = os.open

    def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return really_open(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    with acting(tmp_path, "main"), pytest.raises(ConfigError, match="acts for instance"), acting(tmp_path, "main"):
        pass
