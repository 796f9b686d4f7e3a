"""A real repository for every test, on the same machine."""

from pathlib import Path

import pytest

from tests.support.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A fresh one."""
    return Repository(tmp_path)
