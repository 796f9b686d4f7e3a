"""postStart, preStop and the ending of containers, on the simulated engine and its clock."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.engines.protocol import Execution
from gitpod_sync.model.base import labels
from gitpod_sync.model.desired import Desired
from gitpod_sync.operations.operations import Operation, SignalContainer
from tests.support.simulation import Simulation, desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  terminationGracePeriodSeconds: 30
  initContainers:
  - {name: proxy, image: "proxy:1", restartPolicy: Always}
  - {name: logger, image: "logger:1", restartPolicy: Always}
  containers:
  - name: main
    image: "main:1"
    HOOKS
"""


def pod(hooks: str = "") -> Desired:
    return desired_from(POD.replace("HOOKS", hooks))


@contextmanager
def watched() -> Iterator[tuple[Simulation, list[tuple[float, str]]]]:
    """A simulation, and the signals that are sent with their seconds since `world.began`."""
    with simulation() as world:
        deeds: list[tuple[float, str]] = []

        def note(operation: Operation) -> None:
            if isinstance(operation, SignalContainer):
                name = world.engine.find(operation.id).labels.get(labels.CONTAINER)
                deeds.append((round(world.clock() - world.began, 1), f"{operation.signal} {name}"))

        world.engine.before = note
        yield world, deeds


def count_commands(world: Simulation) -> list[str]:
    """The first words of the commands that are run from now on."""
    runs: list[str] = []
    execute = world.engine.execute_command

    def counted(container: str, command: tuple[str, ...], timeout: float | None, series: str = "") -> Execution:
        runs.append(command[0])
        return execute(container, command, timeout, series)

    world.engine.execute_command = counted  # type: ignore[method-assign] # a witness
    return runs


def passes(world: Simulation, seconds: int = 0) -> None:
    for _ in range(4):
        world.run_pass()
    for _ in range(seconds):
        world.clock.advance(1)
        for _ in range(4):
            world.run_pass()


def test_sidecars_are_told_to_end_after_the_app_the_last_one_first() -> None:
    with watched() as (world, deeds):
        world.engine.behaviours["main:1"] = Behaviour(ignores_term=True)
        world.desired = pod()
        world.converge()
        world.began = world.clock()
        world.desired = desired_from("")
        passes(world, 40)
        # The others' turn comes with the end of the grace period, and they are given two seconds.
        assert deeds == [(0, "SIGTERM main"), (30, "SIGKILL main"), (30, "SIGTERM logger"), (30, "SIGTERM proxy")]
        assert not world.engine.containers


def test_each_sidecar_waits_for_its_turn() -> None:
    with watched() as (world, deeds):
        world.desired = pod()
        world.converge()
        world.began = world.clock()
        world.desired = desired_from("")
        passes(world, 3)
        assert [told for _, told in deeds] == ["SIGTERM main", "SIGTERM logger", "SIGTERM proxy"]
        assert not world.engine.containers


def test_pre_stop_comes_before_term_and_within_the_grace_period() -> None:
    with watched() as (world, deeds):
        world.engine.behaviours["main:1"] = Behaviour(ignores_term=True)
        world.desired = pod("lifecycle: {preStop: {sleep: {seconds: 12}}}")
        world.converge()
        world.began = world.clock()
        world.desired = desired_from("")
        passes(world, 40)
        assert deeds[:2] == [(12, "SIGTERM main"), (30, "SIGKILL main")]


def test_a_pre_stop_that_uses_up_the_grace_period_leaves_two_seconds() -> None:
    with watched() as (world, deeds):
        world.engine.behaviours["main:1"] = Behaviour(ignores_term=True)
        world.desired = pod("lifecycle: {preStop: {sleep: {seconds: 30}}}")
        world.converge()
        world.began = world.clock()
        world.desired = desired_from("")
        passes(world, 31)
        assert deeds[0] == (30, "SIGTERM main")
        assert world.find("p", "main").alive
        passes(world, 1)
        assert not world.engine.containers


def test_a_pre_stop_that_fails_is_followed_by_term() -> None:
    with watched() as (world, deeds):
        world.engine.behaviours["main:1"] = Behaviour(answers_well={"bye": (1e9, None)})
        world.desired = pod("lifecycle: {preStop: {exec: {command: [bye]}}}")
        world.converge()
        world.began = world.clock()
        world.desired = desired_from("")
        passes(world, 1)
        assert deeds[0] == (0, "SIGTERM main")
        assert not world.engine.containers


def test_pre_stop_does_not_run_when_the_container_ends_by_itself() -> None:
    with simulation() as world:
        runs = count_commands(world)
        world.desired = pod("lifecycle: {preStop: {exec: {command: [bye]}}}")
        world.converge()
        world.hand.kill(world.find("p", "main").id)
        world.converge()
        assert runs == []
        world.desired = desired_from("")
        world.converge()
        assert runs == ["bye"]


def test_an_ending_goes_on_after_a_restart_of_ours_and_never_skips_the_grace_period() -> None:
    with watched() as (world, deeds):
        world.engine.behaviours["main:1"] = Behaviour(ignores_term=True)
        world.desired = pod("lifecycle: {preStop: {sleep: {seconds: 10}}}")
        world.converge()
        world.began = world.clock()
        world.desired = desired_from("")
        passes(world, 5)
        world.restarted()
        passes(world, 50)
        assert deeds[:2] == [(15, "SIGTERM main"), (35, "SIGKILL main")]


def test_post_start_holds_back_readiness_and_the_containers_written_after_it() -> None:
    manifest = (
        POD.replace("HOOKS", "lifecycle: {postStart: {sleep: {seconds: 5}}}") + '  - {name: last, image: "l:1"}\n'
    )
    with simulation() as world:
        world.desired = desired_from(manifest)
        passes(world, 4)
        assert {each.labels[labels.CONTAINER] for each in world.alive()} == {"proxy", "logger", "main"}
        assert not any(state.ready for state in world.run_pass().pods)
        passes(world, 2)
        assert {each.labels[labels.CONTAINER] for each in world.alive()} == {"proxy", "logger", "main", "last"}
        assert world.converge().settled


def test_a_post_start_that_fails_ends_the_container() -> None:
    with simulation() as world:
        world.engine.behaviours["main:1"] = Behaviour(answers_well={"hello": (1e9, None)})
        world.desired = pod("lifecycle: {postStart: {exec: {command: [hello]}}}")
        passes(world, 2)
        assert world.find("p", "main").labels[labels.ATTEMPT] == "1"
        assert not world.find("p", "main").alive
        (state,) = world.run_pass().pods
        assert [each.reason for each in state.containers] == ["CrashLoopBackOff"]


@pytest.mark.parametrize("crash", [False, True])
def test_post_start_is_not_repeated_once_it_has_come_to_its_end(*, crash: bool) -> None:
    with simulation() as world:
        runs = count_commands(world)
        world.desired = pod("lifecycle: {postStart: {exec: {command: [hello]}}}")
        world.converge()
        if crash:
            world.restarted()
        passes(world, 10)
        assert runs == ["hello"]
