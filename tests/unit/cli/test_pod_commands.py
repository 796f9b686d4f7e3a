"""Commands at a pod on the simulated engine: which pod, which container, which attempt; and what is told of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli import assembly
from gitpod_sync.cli.main import cli
from gitpod_sync.engines.container_access import Usage
from gitpod_sync.engines.memory.console import MemoryConsole
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from tests.support.simulation import Simulation, desired_from, simulation

TWO = """\
apiVersion: v1
kind: Pod
metadata: {name: two, labels: {app: two}}
spec:
  containers:
  - {name: one, image: "one:1"}
  - {name: other, image: "other:1"}
"""

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "web:1"}]
"""


class Desk:
    """A person before the simulated engine."""

    def __init__(self, world: Simulation, console: MemoryConsole) -> None:
        self.world = world
        self.console = console

    def type(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--instance", "sim", *arguments])

    def text(self, *arguments: str) -> str:
        done = self.type(*arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    def write_logs(self) -> None:
        """Every container has logged its name and attempt."""
        for each in self.world.engine.containers.values():
            name = each.labels.get(labels.CONTAINER)
            self.console.lines[each.id] = [(1.0, f"{name} {each.labels.get(labels.ATTEMPT)}")] if name else []


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Iterator[Desk]:
    with simulation() as world:
        console = MemoryConsole(world.engine)

        @contextmanager
        def lend(*_arguments: object) -> Iterator[object]:
            yield console

        @contextmanager
        def lend_engine(*_arguments: object) -> Iterator[object]:
            yield world.engine

        for command in ("commands.logs", "commands.top", "commands.cp", "commands.exec"):
            for name in ("open_reader", "open_console"):
                monkeypatch.setattr(f"gitpod_sync.cli.{command}.{name}", lend, raising=False)
        monkeypatch.setattr("gitpod_sync.cli.targets.open_observer", lend_engine)
        monkeypatch.setattr("gitpod_sync.cli.commands.describe.open_observer", lend_engine)
        monkeypatch.setenv("GITPOD_SYNC_STATE_DIR", str(tmp_path))
        yield Desk(world, console)


def test_the_first_container_is_meant_unless_an_annotation_or_a_flag_names_another(desk: Desk) -> None:
    desk.world.desired = desired_from(TWO)
    desk.world.converge()
    desk.write_logs()
    done = desk.type("logs", "two")
    assert done.stdout == "one 0\n"
    assert "Defaulted container 'one' out of: one, other" in done.stderr
    assert desk.text("logs", "two", "-c", "other") == "other 0\n"
    assert desk.text("logs", "two", "other") == "other 0\n"
    annotated = "metadata: {name: two, annotations: {kubectl.kubernetes.io/default-container: other}, "
    desk.world.desired = desired_from(TWO.replace("metadata: {name: two, ", annotated))
    desk.world.converge()
    desk.write_logs()
    assert desk.text("logs", "two") == "other 0\n"


def test_a_workload_stands_for_its_fittest_pod_and_a_selector_for_all(desk: Desk) -> None:
    desk.world.desired = desired_from(WEB)
    first, second = (state.pod.identity.name for state in desk.world.converge().pods)
    desk.write_logs()
    desk.world.hand.kill(desk.world.find(first, "main").id)
    done = desk.type("logs", "deployment/web", "--prefix")
    assert done.stdout == f"[pod/{second}/main] main 0\n"
    assert f"using pod/{second}" in done.stderr
    assert len(desk.text("logs", "-l", "app=web").splitlines()) == 2
    assert desk.type("logs", "-l", "app=none").exit_code == 0


def test_a_selector_shows_the_last_ten_lines_unless_told_otherwise(desk: Desk) -> None:
    desk.world.desired = desired_from(TWO)
    desk.world.converge()
    container = desk.world.find("two", "one").id
    desk.console.lines[container] = [(float(number), f"line {number}") for number in range(30)]
    assert len(desk.text("logs", "-l", "app=two").splitlines()) == 10
    assert len(desk.text("logs", "-l", "app=two", "--tail=-1").splitlines()) == 30
    assert len(desk.text("logs", "two").splitlines()) == 30


def test_the_previous_attempt_is_the_last_that_ended(desk: Desk) -> None:
    desk.world.engine.behaviours["one:1"] = Behaviour(exits_after=5, exit_code=1)
    desk.world.desired = desired_from(TWO)
    desk.world.converge()
    assert desk.type("logs", "two", "-c", "one", "--previous").exit_code == 1
    desk.world.clock.advance(6)
    desk.world.run_pass()
    desk.world.run_pass()
    desk.write_logs()
    assert desk.text("logs", "two", "-c", "one", "--previous") == "one 0\n"
    assert desk.text("logs", "two", "-c", "one") == "one 1\n"
    # In its back-off the one that ended is both the last and the previous one.
    desk.world.clock.advance(6)
    desk.world.run_pass()
    assert desk.text("logs", "two", "-c", "one", "--previous") == "one 1\n"
    assert desk.text("logs", "two", "-c", "one") == "one 1\n"


def test_what_has_ended_for_good_is_no_previous_attempt(desk: Desk) -> None:
    desk.world.engine.behaviours["one:1"] = Behaviour(exits_after=5, exit_code=1)
    desk.world.desired = desired_from(TWO.replace("spec:\n", "spec:\n  restartPolicy: Never\n"))
    desk.world.converge()
    desk.world.clock.advance(6)
    desk.world.run_pass()
    desk.write_logs()
    assert desk.text("logs", "two", "-c", "one") == "one 0\n"
    done = desk.type("logs", "two", "-c", "one", "--previous")
    assert "no previous attempt" in str(done.exception)


def test_a_command_ends_with_the_commands_own_status(desk: Desk) -> None:
    desk.world.desired = desired_from(TWO)
    desk.world.converge()
    desk.console.command = lambda command: (" ".join(command).encode(), 42)
    done = desk.type("exec", "two", "-c", "one", "--", "ls", "-l", "--", "x")
    assert (done.exit_code, done.stdout) == (42, "ls -l -- x")
    assert done.stderr == "command terminated with exit code 42\n"
    desk.world.hand.kill(desk.world.find("two", "one").id)
    assert "is exited" in str(desk.type("exec", "two", "-c", "one", "--", "ls").exception)


def test_use_is_summed_up_by_pod_and_sorted(desk: Desk) -> None:
    desk.world.desired = desired_from(f"{TWO}---\n{TWO.replace('two', 'more')}")
    desk.world.converge()
    for pod, millicores in (("two", 10), ("more", 30)):
        for container in ("one", "other"):
            desk.console.usages[desk.world.find(pod, container).id] = Usage(millicores, 3 * 1024**2)
    rows = [line.split() for line in desk.text("top", "pods").splitlines()]
    assert rows == [["NAME", "CPU(cores)", "MEMORY(bytes)"], ["more", "60m", "6Mi"], ["two", "20m", "6Mi"]]
    rows = [line.split() for line in desk.text("top", "pod", "two", "--containers", "--no-headers").splitlines()]
    assert rows == [["two", "one", "10m", "3Mi"], ["two", "other", "10m", "3Mi"]]
    assert desk.text("top", "pods", "--sort-by", "cpu").splitlines()[1].startswith("more")
    assert desk.type("top", "nodes").exit_code == 2  # click's own; main makes it kubectl's 1


def test_a_pod_whose_image_cannot_be_had_is_described(desk: Desk) -> None:
    desk.world.engine.absent.add("one:1")
    desk.world.desired = desired_from(TWO)
    for _ in range(3):
        desk.world.run_pass()
    told = desk.text("describe", "pod", "two")
    assert "Reason:       ContainerCreating" in told
    assert "Status:           Pending" in told
    assert "Node-Selectors:              <none>" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("logs",),
        ("logs", "two", "-l", "a=b"),
        ("logs", "two", "--since", "1m", "--since-time", "2026-01-01T00:00:00Z"),
        ("logs", "two", "-c", "one", "--all-containers"),
        ("cp", "a", "b"),
        ("cp", "a:/b", "c:/d"),
        ("describe", "service"),
        ("events", "--for", "deployment"),
        ("exec", "two"),
        ("top", "pods", "--sort-by", "age"),
    ],
)
def test_what_was_typed_wrong_is_a_usage_error(desk: Desk, arguments: tuple[str, ...]) -> None:
    done = desk.type(*arguments)
    assert done.exit_code == 2
    assert "Usage:" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("logs", "none"),
        ("exec", "none", "--", "ls"),
        ("cp", "none:/a", "b"),
        ("top", "pods", "none"),
        ("describe", "pod", "none"),
        ("logs", "deployment/none"),
    ],
)
def test_a_pod_that_is_not_there_is_told_with_where_to_look(desk: Desk, arguments: tuple[str, ...]) -> None:
    done = desk.type(*arguments)
    assert "in namespace default; look with `gitpod-sync get pods -A`" in str(done.exception)


def test_the_simulated_engine_of_a_command_has_nothing_in_it() -> None:
    assert callable(assembly.open_reader)
    assert isinstance(cli, click.Group)
    done = CliRunner().invoke(cli, ["--engine", "simulated", "top", "pods"])
    assert (done.exit_code, done.stderr) == (0, "No resources found in default namespace.\n")
