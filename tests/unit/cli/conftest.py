"""What tests of several commands share."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gitpod_sync.status.history import History
from tests.support.desk import Desk
from tests.support.simulation import Simulation


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    (tmp_path / "source").mkdir()
    history = History(tmp_path / "state" / "sim.db")
    world = Simulation(history)

    @contextmanager
    def lend_engine(*_arguments: object) -> Iterator[object]:
        yield world.engine

    for command in ("get", "describe", "diff", "rollout_status"):
        monkeypatch.setattr(f"gitpod_sync.cli.{command}.open_observer", lend_engine)
    monkeypatch.setattr(time, "time", world.clock)

    def sleep(seconds: float) -> None:
        world.clock.advance(seconds)
        world.run_pass()

    monkeypatch.setattr(time, "sleep", sleep)
    yield Desk(tmp_path, world)
    history.close()
