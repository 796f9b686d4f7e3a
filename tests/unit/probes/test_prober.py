"""The probes' own thread, against real endpoints and an engine that only runs commands."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import pytest

from gitpod_sync.engines.protocol import Engine, Execution
from gitpod_sync.errors import EngineError, EngineUnavailable
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.probing import ConnectTcp, ProbeReport, ProbeTarget, Question, RequestHttp, RunCommand
from gitpod_sync.probes.prober import AsyncProber
from gitpod_sync.workers import Lane, ThreadWorkers


class Commands:
    """An engine as far as probes are concerned."""

    def __init__(self, run: Callable[[], Execution]) -> None:
        self.run_in: Callable[[str], Execution] = lambda _container: run()
        self.times: list[float] = []

    def execute_command(
        self, container: str, _command: tuple[str, ...], _timeout: float | None, _series: str
    ) -> Execution:
        self.times.append(time.monotonic())
        return self.run_in(container)


def target(question: Question, kind: ProbeKind = ProbeKind.READINESS, **details: object) -> ProbeTarget:
    known: dict[str, object] = {"begins_at": time.time(), "timeout": 0.2, "period": 0.05, "success_threshold": 1}
    known |= {"failure_threshold": 1, "passing": False}
    return ProbeTarget(container="c1", run=1.0, kind=kind, question=question, **{**known, **details})  # type: ignore[arg-type] # the tests fit


@contextmanager
def probing(run: Callable[[], Execution]) -> Iterator[tuple[AsyncProber, Commands, threading.Event]]:
    rung = threading.Event()
    commands = Commands(run)
    workers = ThreadWorkers(dict.fromkeys(Lane, 2))
    prober = AsyncProber(cast("Engine", commands), workers, rung.set)
    yield prober, commands, rung
    prober.close()
    workers.close()


def next_report(prober: AsyncProber, rung: threading.Event) -> ProbeReport:
    assert rung.wait(5)
    rung.clear()
    (report,) = (each for each in prober.reports() if each.decides)
    return report


def test_a_verdict_is_told_once_and_rings() -> None:
    code = [0]
    with probing(lambda: Execution(code[0], "not yet")) as (prober, commands, rung):
        prober.probe((target(RunCommand(("check",))),))
        report = next_report(prober, rung)
        assert (report.container, report.kind, report.passed) == ("c1", ProbeKind.READINESS, True)
        asked = len(commands.times)
        while len(commands.times) < asked + 3:
            assert not rung.wait(0.01)
        code[0] = 7
        report = next_report(prober, rung)
        assert (report.passed, report.detail) == (False, "exit code 7")


def test_thresholds_count_answers_in_a_row() -> None:
    answers = iter([0, 1, 0, 0, 1, 0, 1, 1, 1])
    with probing(lambda: Execution(next(answers, 1))) as (prober, commands, rung):
        prober.probe((target(RunCommand(("check",)), success_threshold=2, failure_threshold=3),))
        assert next_report(prober, rung).passed
        assert len(commands.times) == 4
        assert not next_report(prober, rung).passed
        assert len(commands.times) == 9


def test_a_probe_that_goes_on_keeps_its_count_and_one_that_is_not_wanted_stops() -> None:
    with probing(lambda: Execution(0)) as (prober, commands, _):
        wanted = target(RunCommand(("check",)), success_threshold=5)
        prober.probe((wanted,))
        while not [each for each in prober.reports() if each.decides]:
            prober.probe((wanted,))
            assert len(commands.times) <= 6
        prober.probe(())
        prober.close()
        asked = len(commands.times)
        assert not threading.Event().wait(0.2)
        assert len(commands.times) == asked


@pytest.mark.parametrize("kind", [ProbeKind.STARTUP, ProbeKind.LIVENESS])
def test_a_probe_that_has_had_its_container_ended_asks_no_more(kind: ProbeKind) -> None:
    with probing(lambda: Execution(1)) as (prober, commands, rung):
        prober.probe((target(RunCommand(("check",)), kind, passing=kind is ProbeKind.LIVENESS, failure_threshold=2),))
        assert not next_report(prober, rung).passed
        assert not rung.wait(0.2)
        assert len(commands.times) == 2


def test_a_question_that_takes_long_is_one_answer_and_what_was_due_meanwhile_is_not_made_up_for() -> None:
    def check() -> Execution:
        if len(commands.times) == 1:
            time.sleep(0.5)
        return Execution(1)

    with probing(check) as (prober, commands, _):
        prober.probe((target(RunCommand(("check",)), failure_threshold=100, period=0.1),))
        while len(commands.times) < 3:
            time.sleep(0.01)
        slow, late, next_one = commands.times[:3]
        assert late - slow >= 0.5
        assert next_one - late > 0.05


def test_an_engine_that_does_not_answer_says_nothing_of_a_container() -> None:
    def refuse() -> Execution:
        raise EngineUnavailable("gone")

    with probing(refuse) as (prober, commands, rung):
        prober.probe((target(RunCommand(("check",)), ProbeKind.LIVENESS, passing=True),))
        while len(commands.times) < 4:
            rung.wait(0.01)
        assert not prober.reports()
        (told,) = prober.complaints()
        assert told.startswith("the engine does not answer")


def five(**details: object) -> tuple[ProbeTarget, ...]:
    """A liveness probe by command of each of five containers."""
    probe = target(RunCommand(("check",)), ProbeKind.LIVENESS, passing=True, **details)
    return tuple(replace(probe, container=f"c{number}") for number in range(5))


def test_commands_of_many_containers_that_are_late_at_one_time_fail_none_and_it_is_said_once() -> None:
    with probing(lambda: Execution(None)) as (prober, commands, rung):
        prober.probe(five())
        assert rung.wait(5)
        while len(commands.times) < 15:
            rung.wait(0.01)
        assert not prober.reports()
        (told,) = prober.complaints()
        assert "all at once: that is the engine's" in told


def test_one_container_whose_command_is_late_while_others_answer_fails() -> None:
    with probing(lambda: Execution(0)) as (prober, commands, rung):
        commands.run_in = lambda container: Execution(None if container == "c3" else 0)
        prober.probe(five())
        assert next_report(prober, rung).container == "c3"
        assert not prober.complaints()


def test_a_command_that_cannot_be_run_or_is_late_is_a_bad_answer() -> None:
    def refuse() -> Execution:
        raise EngineError("no such file: check")

    for run, told in (
        (refuse, "no such file: check"),
        (lambda: Execution(None), "the command did not end within 0.2 s"),
    ):
        with probing(run) as (prober, _, rung):
            prober.probe((target(RunCommand(("check",)), ProbeKind.LIVENESS, passing=True),))
            assert next_report(prober, rung).detail == told


def test_an_endpoint_that_accepts_and_says_nothing_is_late(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)), probing(lambda: Execution(0)) as (prober, _, rung):
        prober.probe((target(ConnectTcp("127.0.0.1", free_port)),))
        assert next_report(prober, rung).passed
        silent = target(RequestHttp("127.0.0.1", free_port), ProbeKind.LIVENESS, passing=True)
        prober.probe((silent,))
        assert next_report(prober, rung).detail == "no answer within 0.2 s"


def test_the_first_question_waits_for_its_time() -> None:
    with probing(lambda: Execution(0)) as (prober, commands, rung):
        began = time.monotonic()
        prober.probe((target(RunCommand(("check",)), begins_at=time.time() + 0.3),))
        assert next_report(prober, rung).passed
        assert commands.times[0] - began >= 0.29


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    with probing(lambda: Execution(0)) as (prober, _, rung):
        prober.probe((target(RunCommand(("check",))),))
        next_report(prober, rung)
    deadline = time.monotonic() + 5
    while threading.active_count() > before:
        assert time.monotonic() < deadline
