"""The service manager is told over the socket that it names."""

import configparser
import socket
from itertools import pairwise
from pathlib import Path

import pytest

from gitpod_sync.engines.docker.connecting.connection import CALL_TIMEOUT
from gitpod_sync.loop.notify import Watchdog, notify

UNIT = Path("packaging/systemd/gitpod-sync.service")


def test_a_message_reaches_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"


def test_an_abstract_socket_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(b"\0gitpod-sync-test-notify")
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@gitpod-sync-test-notify")
        notify("STOPPING=1")
        assert manager.recv(100) == b"STOPPING=1"


def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")


class Manager:
    """A service manager's socket, and a clock to wind."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))

    def heard(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self._socket.recv(100))
            except BlockingIOError:
                return found

    def close(self) -> None:
        self._socket.close()


def test_the_watchdog_is_fed_in_every_third_of_its_time_and_not_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = Manager(tmp_path / "notify", monkeypatch)
    watchdog = Watchdog({"WATCHDOG_USEC": "9000000", "WATCHDOG_PID": "7"}, 7, lambda: manager.now)
    assert watchdog.wait_at_most == 1.5
    fed = []
    for step in range(90):
        manager.now = step / 10
        watchdog.feed()
        fed += [manager.now] * len(manager.heard())
    assert len(fed) < 30
    assert max(after - before for before, after in pairwise(fed)) + watchdog.wait_at_most <= 3
    manager.close()


@pytest.mark.parametrize(
    "environment", [{}, {"WATCHDOG_USEC": "9000000", "WATCHDOG_PID": "8"}, {"WATCHDOG_USEC": "soon"}]
)
def test_a_watchdog_that_is_not_ours_is_not_fed(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = Manager(tmp_path / "notify", monkeypatch)
    watchdog = Watchdog(environment, 7)
    watchdog.feed()
    assert (watchdog.wait_at_most, manager.heard()) == (None, [])
    manager.close()


def test_a_call_to_the_engine_may_take_less_than_a_third_of_the_watchdogs_time() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # systemd minds the case
    unit.read(UNIT)
    minutes = unit["Service"]["WatchdogSec"].removesuffix("min")
    assert int(minutes) * 60 / 3 > CALL_TIMEOUT
    assert unit["Service"]["MemoryMax"]
