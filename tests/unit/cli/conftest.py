"""What tests of several commands share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk import Desk, beside_the_loop


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with beside_the_loop(tmp_path, monkeypatch, "get", "describe", "diff", "rollout_status") as world:
        yield Desk(tmp_path, world)
