"""What tests of several commands share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import Desk, beside_the_loop


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    looking = ("commands.get", "commands.describe", "commands.diff", "rollouts.status")
    with beside_the_loop(tmp_path, monkeypatch, *looking) as world:
        yield Desk(tmp_path, world)
