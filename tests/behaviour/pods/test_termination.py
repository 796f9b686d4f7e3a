"""Termination messages: a file for each attempt, emptied before another one gets it, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.engines.container_access import Reader
from gitpod_sync.engines.memory.console import MemoryConsole
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base.codec import Json
from gitpod_sync.operations.operations import ClearMessage, Operation
from gitpod_sync.resources.items import list_pods
from gitpod_sync.resources.messages import with_messages
from gitpod_sync.resources.objects import pod_object
from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def pod(container: str = "", spec: str = "") -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  containers: [{{name: main, image: "app:1", {container}}}]
  {spec}
"""


def status(sim: Simulation, console: MemoryConsole | None = None) -> Json:
    """The status of the only container, as `get -o json` tells it."""
    reader = console or MemoryConsole(sim.engine)

    class Lent:
        def __enter__(self) -> Reader:
            return reader

        def __exit__(self, *_arguments: object) -> None:
            return None

    (item,) = with_messages(list_pods(sim.reconciler.run_pass(sim.desired)), Lent)
    return pod_object(item)["status"]["containerStatuses"][0]


def crash(sim: Simulation, message: str) -> None:
    """The program leaves a message and ends, and its next attempt starts."""
    sim.engine.containers[sim.find("app", "main").id].behaviour = Behaviour(message=message)
    sim.hand.kill(sim.find("app", "main").id)
    sim.converge()


def test_a_message_is_told_of_the_end_it_belongs_to(sim: Simulation) -> None:
    sim.engine.behaviours["app:1"] = Behaviour(exits_after=5, exit_code=3, message="out of cheese")
    sim.desired = desired_from(pod(spec="restartPolicy: Never"))
    sim.run_pass()
    sim.run_pass()
    sim.clock.advance(6)
    assert status(sim)["state"]["terminated"]["message"] == "out of cheese"
    sim.restarted()
    assert status(sim)["state"]["terminated"]["message"] == "out of cheese"


def test_each_attempt_has_a_file_of_its_own_and_none_finds_an_older_message(sim: Simulation) -> None:
    sim.desired = desired_from(pod())
    sim.converge()
    for number in range(7):
        crash(sim, f"message {number}" if number % 2 == 0 else "")
        told = status(sim)["lastState"]["terminated"].get("message")
        assert told == (f"message {number}" if number % 2 == 0 else None)
        assert len(sim.engine.messages) <= 1
    files = {mount.sub_path for each in sim.engine.containers.values() for mount in each.config.mounts}
    assert files - {""} <= {"0", "1", "2"}


def test_no_attempt_starts_with_a_file_that_could_not_be_emptied(sim: Simulation) -> None:
    sim.desired = desired_from(pod())
    sim.converge()

    def refuse(operation: Operation) -> None:
        if isinstance(operation, ClearMessage):
            raise EngineError("no space left on device")

    for number in range(2):
        crash(sim, f"message {number}")
    sim.engine.before = refuse
    sim.hand.kill(sim.find("app", "main").id)
    sim.clock.advance(1000)
    for _ in range(5):
        sim.run_pass()
        sim.clock.advance(300)
    attempts = {mount.sub_path for each in sim.engine.containers.values() for mount in each.config.mounts} - {""}
    running = [mount.sub_path for each in sim.alive() for mount in each.config.mounts]
    assert len(attempts) == 3
    assert len(running) <= 1
    sim.engine.before = lambda _operation: None
    sim.converge()
    assert status(sim)["lastState"]["terminated"].get("message") is None


def test_a_message_of_an_attempt_that_somebody_removed_is_no_later_ones(sim: Simulation) -> None:
    sim.desired = desired_from(pod())
    sim.converge()
    crash(sim, "old")
    for each in list(sim.engine.containers.values()):
        if each.labels.get("gitpod-sync.io/container"):
            sim.hand.remove(each.id)
    sim.clock.advance(60)
    sim.converge()
    sim.hand.kill(sim.find("app", "main").id)
    sim.converge()
    assert "message" not in status(sim)["lastState"]["terminated"]


def test_a_path_of_ones_own_is_mounted_and_a_volume_there_wins(sim: Simulation) -> None:
    sim.desired = desired_from(pod("terminationMessagePath: /tmp/last"))
    sim.converge()
    (mount,) = sim.find("app", "main").config.mounts
    assert (mount.target, mount.sub_path, mount.read_only) == ("/tmp/last", "0", False)
    mounted = "terminationMessagePath: /v, volumeMounts: [{name: v, mountPath: /v/}]"
    sim.desired = desired_from(pod(mounted, "volumes: [{name: v, emptyDir: {}}]"))
    sim.converge()
    (mount,) = sim.find("app", "main").config.mounts
    assert (mount.target, mount.sub_path) == ("/v/", "")


def test_the_end_of_the_log_stands_for_a_message_that_a_failure_did_not_leave(sim: Simulation) -> None:
    sim.engine.behaviours["app:1"] = Behaviour(exits_after=5, exit_code=3)
    sim.desired = desired_from(pod("terminationMessagePolicy: FallbackToLogsOnError", spec="restartPolicy: Never"))
    sim.run_pass()
    sim.run_pass()
    console = MemoryConsole(sim.engine)
    main = sim.find("app", "main").id
    console.lines[main] = [(1.0, f"line {number}") for number in range(100)]
    sim.clock.advance(6)
    told = status(sim, console)["state"]["terminated"]["message"].splitlines()
    assert (told[0], told[-1], len(told)) == ("line 20", "line 99", 80)
    console.lines[main] = [(1.0, "x" * 3000)]
    assert len(status(sim, console)["state"]["terminated"]["message"]) == 2048
    sim.engine.behaviours["app:1"] = Behaviour(exits_after=5, exit_code=0)
    sim.desired = desired_from(
        pod("terminationMessagePolicy: FallbackToLogsOnError, args: [x]", spec="restartPolicy: Never")
    )
    sim.converge()
    sim.clock.advance(6)
    console.lines[sim.find("app", "main").id] = [(1.0, "all well")]
    assert "message" not in status(sim, console)["state"]["terminated"]
