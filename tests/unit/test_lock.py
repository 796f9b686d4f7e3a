"""One process at a time acts for an instance."""

import os
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
