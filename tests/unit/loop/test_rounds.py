import logging
import threading

import pytest

from gitpod_sync.errors import EngineError
from gitpod_sync.loop.watch.rounds import Rounds

PATIENCE = 30.0


class Looks:
    """Counts looks; each of the first fails as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.enough = threading.Event()

    def look(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.enough.set()


def test_a_look_that_fails_costs_no_later_one(caplog: pytest.LogCaptureFixture) -> None:
    looks = Looks(EngineError("it is gone"), ValueError("a defect"))
    rounds = Rounds("watch of a test", looks.look, lambda: 0.0)
    with caplog.at_level(logging.WARNING):
        rounds.start()
        assert looks.enough.wait(PATIENCE)
        rounds.stop()
    assert [record.getMessage() for record in caplog.records] == ["the watch of a test failed unexpectedly"]


def test_a_look_comes_at_once_when_called_for() -> None:
    looks = Looks()
    rounds = Rounds("watch of a test", looks.look, lambda: None)
    rounds.start()
    assert looks.enough.wait(PATIENCE)
    looks.enough.clear()
    rounds.soon()
    assert looks.enough.wait(PATIENCE)
    rounds.stop()
    looks.enough.clear()
    rounds.start()
    rounds.soon()
    assert not looks.enough.is_set()


def test_rounds_that_never_began_can_be_stopped() -> None:
    Rounds("watch of a test", lambda: None, lambda: None).stop()
