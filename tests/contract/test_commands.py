"""Commands run in containers: probes and hooks stand on them."""

import threading
import time

import pytest

from gitpod_sync.engines.docker.engine import DockerEngine
from gitpod_sync.engines.docker.files.execution_output import LONGEST_OUTPUT
from gitpod_sync.engines.protocol import Execution
from gitpod_sync.errors import EngineConflict, EngineNotFound
from gitpod_sync.operations import operations as op
from tests.contract.conftest import Subject


def test_the_exit_code_of_a_command_is_told(subject: Subject) -> None:
    found = subject.make("a")
    assert subject.engine.execute_command(found.id, ("/bin/true",), 10).exit_code == 0
    assert subject.engine.execute_command(found.id, ("/bin/false",), None).exit_code == 1


def test_nothing_can_be_run_in_a_container_that_has_ended_or_is_gone(subject: Subject) -> None:
    found = subject.make("a")
    subject.person.kill(found.id)
    with pytest.raises(EngineConflict):
        subject.engine.execute_command(found.id, ("/bin/true",), 10)
    subject.engine.remove_container(op.RemoveContainer(found.id))
    with pytest.raises(EngineNotFound):
        subject.engine.execute_command(found.id, ("/bin/true",), 10)


def shell(subject: Subject, script: str, timeout: float | None = 10, series: str = "") -> Execution:
    found = subject.find("a")
    return subject.engine.execute_command(found.id, ("/bin/sh", "-c", script), timeout, series)


@pytest.fixture
def docker_subject(subject: Subject) -> Subject:
    """Real Docker only: what a program writes, and how long it takes, is not simulated."""
    if not isinstance(subject.engine, DockerEngine):
        pytest.skip("the simulated engine runs no programs")
    subject.make("a", env={"GREETING": "hello"})
    return subject


def test_a_command_has_the_environment_and_its_output_is_read_from_both_streams(docker_subject: Subject) -> None:
    told = shell(docker_subject, "echo $GREETING; echo bad >&2; exit 3")
    assert told.exit_code == 3
    assert sorted(told.output.split()) == ["bad", "hello"]


def test_a_command_that_is_late_is_not_waited_for(docker_subject: Subject) -> None:
    began = time.monotonic()
    assert shell(docker_subject, "sleep 30", timeout=0.5) == Execution(None)
    assert shell(docker_subject, "exec >&- 2>&-; sleep 30", timeout=0.5).exit_code is None
    assert time.monotonic() - began < 25


def test_of_a_series_one_command_runs_at_a_time_and_each_has_its_own_timeout(docker_subject: Subject) -> None:
    slow = "echo >> /runs; sleep 2"
    assert shell(docker_subject, slow, 0.5, "liveness") == Execution(None)
    again = time.monotonic()
    assert shell(docker_subject, slow, 0.5, "liveness") == Execution(None)
    assert time.monotonic() - again >= 0.5
    # Another series, and what belongs to none, does not wait for it.
    assert shell(docker_subject, "wc -l < /runs", 10, "readiness").output.strip() == "1"
    assert shell(docker_subject, slow, 0.5) == Execution(None)
    assert shell(docker_subject, "wc -l < /runs", 10, "liveness").output.strip() == "2"


def test_much_output_is_read_to_its_end_and_its_beginning_kept(docker_subject: Subject) -> None:
    told = shell(docker_subject, "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; exit 4", None)
    assert told.exit_code == 4
    assert len(told.output) == LONGEST_OUTPUT


def test_a_command_that_is_not_there_is_a_bad_answer(docker_subject: Subject) -> None:
    found = docker_subject.find("a")
    told = docker_subject.engine.execute_command(found.id, ("/bin/nothing-of-that-name",), 10)
    assert told.exit_code not in {0, None}


def test_a_command_whose_container_is_killed_comes_to_an_end(docker_subject: Subject) -> None:
    container = docker_subject.find("a").id
    killer = threading.Timer(0.5, docker_subject.person.kill, (container,))
    killer.start()
    began = time.monotonic()
    assert shell(docker_subject, "sleep 30", None).exit_code not in {0, None}
    assert time.monotonic() - began < 10
    killer.join()
