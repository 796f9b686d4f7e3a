"""What is in the way of passes is said once, and does not end the daemon."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop import daemon as daemon_module
from gitpod_sync.loop.daemon import Daemon
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from tests.support.daemon import simulated_deps

TROUBLES = [EngineUnavailable("no answer (at 0x1)"), EngineUnavailable("no answer (at 0x2)"), ValueError("a"), None]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: main, image: web}]}\n"


class Troubled(MemoryEngine):
    """An engine that can be looked at only after some trouble."""

    def __init__(self, looked_at: threading.Event) -> None:
        super().__init__(Instance("sim"), time.time)
        self._troubles = iter(TROUBLES)
        self._looked_at = looked_at

    def observe(
        self, images: frozenset[str], *, fresh: bool = False, alive: Callable[[], None] = lambda: None
    ) -> Observed:
        trouble = next(self._troubles, None)
        if trouble is not None:
            raise trouble
        self._looked_at.set()
        return super().observe(images, fresh=fresh, alive=alive)


def test_each_kind_of_trouble_is_said_once_and_passes_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "ENGINE_RETRY", 0.01)
    (tmp_path / "pods").mkdir()
    (tmp_path / "pods" / "a.yaml").write_text(POD)
    spec, looked_at, wake = SourceSpec("apps", str(tmp_path / "pods")), threading.Event(), Wake(time.time)
    engine, history = Troubled(looked_at), History(tmp_path / "state.db")
    daemon = Daemon(simulated_deps(engine, history, wake), wake, [(spec, open_source(spec, tmp_path))])
    thread = threading.Thread(target=daemon.run, daemon=True)
    with caplog.at_level(logging.ERROR):
        thread.start()
        assert looked_at.wait(timeout=30)
        daemon.stop()
        thread.join(timeout=30)
    history.close()
    said = [record.getMessage() for record in caplog.records if record.name.endswith("loop.daemon")]
    assert said == [
        "no answer (at 0x1); waiting for the engine",
        "a pass failed unexpectedly: ValueError: a; trying again",
    ]
