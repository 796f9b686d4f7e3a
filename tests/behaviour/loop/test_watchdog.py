"""The daemon is known to be alive while it waits, and while an engine takes its time; a long pass is talked about."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import pytest

from gitpod_sync.engines.docker.connecting.connection import Connection
from gitpod_sync.engines.docker.observing.observer import DockerObserver
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.daemon import Daemon
from gitpod_sync.loop.stages import LONG, Stage, Stages
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from tests.support.daemon import simulated_deps

THIRD = 2.0


@contextmanager
def idle_daemon(folder: Path) -> Iterator[None]:
    """A daemon over an empty folder, in a thread."""
    (folder / "pods").mkdir()
    spec, wake = SourceSpec("apps", str(folder / "pods")), Wake(time.time)
    engine, history = MemoryEngine(Instance("sim"), time.time), History(folder / "state.db")
    daemon = Daemon(simulated_deps(engine, history, wake), wake, [(spec, open_source(spec, folder))])
    thread = threading.Thread(target=daemon.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        daemon.stop()
        thread.join(timeout=30)
        history.close()


def test_a_daemon_with_nothing_to_do_feeds_the_watchdog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(THIRD)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", str(int(THIRD * 3e6)))
        with idle_daemon(tmp_path):
            heard: list[bytes] = []
            while heard.count(b"WATCHDOG=1") < 4:
                heard.append(manager.recv(200))  # fails when nothing comes in a third of the watchdog's time
            assert heard.count(b"READY=1") == 1


def test_a_wait_that_is_long_is_interrupted_for_a_sign_of_life_and_ends_with_a_ring() -> None:
    wake, signs = Wake(time.time), []

    def alive() -> None:
        signs.append(time.monotonic())
        if len(signs) == 3:
            wake.ring()

    wake.wait(time.time() + 60, alive, 0.01)
    assert len(signs) == 3


class CountedClient:
    """An engine's client that notes every call."""

    def __init__(self, notes: list[str]) -> None:
        self._notes = notes

    def containers(self, **_: object) -> list[dict[str, Any]]:
        self._notes.append("call")
        return [{"Id": f"c{number}", "State": "running", "Names": None} for number in range(20)]

    def __getattr__(self, name: str) -> Any:
        def call(*_: object, **__: object) -> Any:
            if name == "inspect_container":
                raise EngineUnavailable("no answer within its deadline")
            self._notes.append("call")
            return {"Volumes": None} if name == "volumes" else [] if name == "networks" else {}

        return call


class Connected:
    """A connection to it."""

    def __init__(self, client: CountedClient) -> None:
        self.client = client


def test_there_is_a_sign_of_life_between_two_calls_of_a_look_at_the_engine() -> None:
    notes: list[str] = []
    observer = DockerObserver(cast("Connection", Connected(CountedClient(notes))), Instance("sim"))
    with pytest.raises(EngineUnavailable):
        observer.observe(frozenset({"web:1"}), fresh=True, alive=lambda: notes.append("alive"))
    assert notes == ["alive", "call", "alive", "call", "alive", "call", "alive"]


def test_whoever_waits_for_others_to_connect_waits_no_longer_than_for_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitpod_sync.engines.docker.connecting.connection.CALL_TIMEOUT", 0.05)
    connection = Connection("unix:///no/such/socket", read_only=True, pool_size=1)
    with connection._lock, pytest.raises(EngineUnavailable, match="others are waiting"):  # noqa: SLF001 - it is held
        _ = connection.client


def test_whoever_has_waited_for_another_that_could_not_connect_does_not_try_again_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries, both = [], threading.Barrier(2)

    def connect(_: Connection) -> None:
        tries.append(1)
        both.wait(timeout=10)
        time.sleep(0.2)
        raise EngineUnavailable("no answer")

    monkeypatch.setattr(Connection, "_connect", connect)
    connection = Connection("unix:///no/such/socket", read_only=True, pool_size=1)

    def ask() -> None:
        with pytest.raises(EngineUnavailable):
            _ = connection.client

    first = threading.Thread(target=ask)
    first.start()
    both.wait(timeout=10)
    ask()
    first.join()
    assert len(tries) == 1


def test_a_pass_that_takes_long_says_so_meanwhile_and_at_its_end_with_its_stage(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    stages = Stages(steady=lambda: now[0])

    def go_through(stage: Stage, seconds: float, *, fails: bool = False) -> None:
        with suppress(EngineUnavailable), stages.watching():
            stages.enter(Stage.DECIDING)
            now[0] += 1.5
            stages.look()
            stages.enter(stage)
            now[0] += seconds
            stages.look()
            stages.look()
            if fails:
                raise EngineUnavailable("no answer")

    with caplog.at_level(logging.WARNING):
        go_through(Stage.OBSERVING, LONG)
        go_through(Stage.OBSERVING, LONG, fails=True)
        go_through(Stage.OBSERVING, LONG - 2)
        go_through(Stage.OBSERVING, LONG, fails=True)
    so_far = "a pass has taken 12 s so far: reading the engine"
    assert [record.getMessage() for record in caplog.records] == [
        so_far,
        "a pass took 11.5 s: deciding 1.5 s, reading the engine 10.0 s",
        so_far,
    ]
