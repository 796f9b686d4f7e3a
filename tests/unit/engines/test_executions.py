"""Commands on an engine that is slow, or says for long what is not true any more."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, cast

import pytest
import requests
from docker import APIClient
from docker.errors import APIError, NotFound

from gitpod_sync.engines.docker.files import executions
from gitpod_sync.engines.docker.files.executions import Executions
from gitpod_sync.engines.protocol import Execution
from gitpod_sync.errors import EngineUnavailable

PID = 4711
READY = {"Running": False, "Pid": 0, "ExitCode": None}
STARTING = {"Running": True, "Pid": 0, "ExitCode": None}
RUNNING = {"Running": True, "Pid": PID, "ExitCode": None}
ENDED = {"Running": False, "Pid": PID, "ExitCode": 0}


class SlowEngine:
    """What docker's client says of commands: `inspect` by the seconds since the start, `listed` are processes."""

    def __init__(self, inspect: Callable[[float], Mapping[str, Any]]) -> None:
        self.inspect = inspect
        self.listed: list[list[str]] = []
        self.made: list[str] = []
        self.started: list[str] = []
        self._numbers = count(1)
        self._began = time.monotonic()
        self._ends: list[socket.socket] = []

    def exec_create(self, _container: str, _command: list[str], *, stdin: bool) -> dict[str, str]:
        assert not stdin
        self.made.append(f"e{next(self._numbers)}")
        return {"Id": self.made[-1]}

    def exec_start(self, identifier: str, *, socket: bool) -> socket.socket:
        assert socket
        self.started.append(identifier)
        self._began = time.monotonic()
        return self._stream()

    def exec_inspect(self, _identifier: str) -> Mapping[str, Any]:
        return self.inspect(time.monotonic() - self._began)

    def top(self, _container: str, ps_args: str) -> dict[str, list[Any]]:
        assert ps_args == "-o pid,stat"
        return {"Titles": ["PID", "STAT"], "Processes": self.listed}

    def close(self) -> None:
        for each in self._ends:
            each.close()

    def _stream(self) -> socket.socket:
        near, far = socket.socketpair()
        self._ends += [near, far]
        return near


@contextmanager
def engine_that(inspect: Callable[[float], Mapping[str, Any]]) -> Iterator[SlowEngine]:
    engine = SlowEngine(inspect)
    yield engine
    engine.close()


def execute(engine: SlowEngine, executions: Executions | None = None, timeout: float | None = 0.1) -> Execution:
    client = cast("APIClient", engine)
    return (executions or Executions()).execute(client, "c1", ("check",), timeout, "liveness")


def not_there(_seconds: float) -> Mapping[str, Any]:
    raise NotFound("no such exec instance")


def test_the_time_of_a_command_counts_from_its_start_and_not_from_when_it_was_asked_for() -> None:
    def inspect(seconds: float) -> Mapping[str, Any]:
        return READY if seconds < 0.2 else STARTING if seconds < 0.5 else RUNNING if seconds < 0.55 else ENDED

    with engine_that(inspect) as engine:
        engine.listed = [[str(PID), "S"]]
        assert execute(engine) == Execution(0)


def test_a_command_that_runs_on_after_its_time_is_late() -> None:
    with engine_that(lambda _: RUNNING) as engine:
        engine.listed = [["1", "Ss"], [str(PID), "S"]]
        assert execute(engine) == Execution(None)


@pytest.mark.parametrize("listed", [[["1", "Ss"]], [["1", "Ss"], [str(PID), "Z"]]])
def test_a_command_that_has_ended_while_the_engine_still_calls_it_running_is_not_late(listed: list[list[str]]) -> None:
    with engine_that(lambda seconds: RUNNING if seconds < 1 else ENDED) as engine:
        engine.listed = listed
        assert execute(engine) == Execution(0)


def test_an_engine_that_goes_on_calling_it_running_and_cannot_list_processes_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executions, "TOLD_WITHIN", 0.2)
    with engine_that(lambda _: RUNNING) as engine:
        assert execute(engine) == Execution(None)


def test_a_command_that_the_engine_never_begins_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executions, "START_WITHIN", 0.2)
    with engine_that(lambda _: STARTING) as engine, pytest.raises(EngineUnavailable, match="has not begun"):
        execute(engine)


def test_a_command_that_the_engine_has_forgotten_is_unknown_and_the_next_one_is_run() -> None:
    with engine_that(not_there) as engine:
        series = Executions()
        with pytest.raises(EngineUnavailable, match="forgotten"):
            execute(engine, series)
        engine.inspect = lambda _: ENDED
        assert execute(engine, series) == Execution(0)
        assert engine.started == ["e1", "e2"]


def test_one_of_which_nothing_is_known_is_waited_for_before_the_next_one_is_run() -> None:
    def breaks(_seconds: float) -> Mapping[str, Any]:
        raise requests.exceptions.ReadTimeout

    with engine_that(breaks) as engine:
        series = Executions()
        with pytest.raises(requests.exceptions.ReadTimeout):
            execute(engine, series)
        engine.inspect, engine.listed = (lambda _: RUNNING), [[str(PID), "S"]]
        assert execute(engine, series) == Execution(None)
        assert engine.started == ["e1"]
        engine.inspect = lambda _: ENDED
        assert execute(engine, series) == Execution(0)
        assert engine.started == ["e1", "e2"]


def test_a_part_of_the_engine_that_has_waited_in_vain_for_another_says_nothing_of_the_container() -> None:
    def refuse(_seconds: float) -> Mapping[str, Any]:
        raise APIError("500", explanation="failed to start shim: context deadline exceeded: unknown")

    with engine_that(refuse) as engine, pytest.raises(EngineUnavailable, match="too slow"):
        execute(engine)


def test_a_command_that_may_take_as_long_as_it_likes_does_not_wait_for_an_engine_that_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def inspect(seconds: float) -> Mapping[str, Any]:
        if seconds < 0.5:
            return RUNNING
        raise requests.exceptions.ReadTimeout

    monkeypatch.setattr(executions, "LOOK_EVERY", 0.1)
    with engine_that(inspect) as engine, pytest.raises(requests.exceptions.ReadTimeout):
        execute(engine, timeout=None)
