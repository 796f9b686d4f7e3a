"""What happened to pods and workloads is told, once, with its time, on the simulated engine."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.operations.operations import Operation, WriteFiles
from gitpod_sync.status.history import History
from tests.support.simulation import Simulation, desired_from


@contextmanager
def world_with_history() -> Iterator[tuple[Simulation, History]]:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "state.db")
        yield Simulation(history), history
        history.close()


def deployment(replicas: int, image: str = "web:1") -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers: [{{name: main, image: "{image}"}}]
"""


def reasons(history: History, kind: str = "Pod") -> list[str]:
    return [each.event.reason for each in history.events() if each.event.about.kind == kind]


def find(history: History, reason: str) -> RecordedEvent:
    (found,) = (each for each in history.events() if each.event.reason == reason)
    return found


def test_a_pod_that_comes_is_told_from_its_order_to_its_start() -> None:
    with world_with_history() as (world, history):
        world.desired = desired_from(deployment(1))
        world.converge()
        assert sorted(reasons(history)) == ["Created", "Pulled", "Pulling", "Scheduled", "Started"]
        assert reasons(history, "Deployment") == ["ScalingReplicaSet"]
        assert find(history, "ScalingReplicaSet").event.message.endswith("to 1")


def test_containers_are_told_in_the_order_of_the_template() -> None:
    with world_with_history() as (world, history):
        web, app = '{name: web, image: "web:1"}', '{name: app, image: "app:1"}'
        world.desired = desired_from(
            f"{{apiVersion: v1, kind: Pod, metadata: {{name: p}}, spec: {{containers: [{web}, {app}]}}}}"
        )
        world.converge()
        created = [each.event.message for each in history.events() if each.event.reason == "Created"]
        assert created == ["Created container web", "Created container app"]


def test_scaling_down_tells_the_deployment_and_the_pod_that_ends() -> None:
    with world_with_history() as (world, history):
        world.desired = desired_from(deployment(2))
        world.converge()
        world.desired = desired_from(deployment(1))
        world.converge()
        messages = [e.event.message for e in history.events() if e.event.about.kind == "Deployment"]
        assert [message.split()[1] for message in messages] == ["up", "down"]
        assert find(history, "Killing").event.message == "Stopping container main: there are more than 1 replicas"


def test_crashes_are_counted_and_not_written_anew() -> None:
    with world_with_history() as (world, history):
        world.engine.behaviours["web:1"] = Behaviour(exits_after=1, exit_code=3)
        world.desired = desired_from(deployment(1))
        for _ in range(60):
            world.run_pass()
            world.clock.advance(1)
        assert find(history, "Failed").count >= 3
        assert find(history, "BackOff").count >= 2
        assert find(history, "BackOff").event.message == "Back-off restarting failed container main"
        assert find(history, "Created").count == find(history, "Started").count


def test_a_process_that_starts_again_counts_nothing_twice() -> None:
    with world_with_history() as (world, history):
        world.desired = desired_from(deployment(2))
        world.converge()
        before = history.events()
        world.restarted()
        world.run_pass()
        assert history.events() == before


def test_a_quiet_pass_writes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with world_with_history() as (world, history):
        world.desired = desired_from(deployment(2))
        world.converge()
        world.run_pass()
        history.close()
        world.run_pass()
        assert "could not be written" not in caplog.text


def test_what_was_mended_is_told_with_what_was_wrong() -> None:
    with world_with_history() as (world, history):
        world.desired = desired_from(deployment(1))
        pod = world.converge().pods[0].pod.identity.name
        world.hand.pause(world.find(pod, "main").id)
        world.converge()
        world.run_pass()
        told = find(history, "Drift")
        assert told.event.message == "container main: it is paused; repaired by unpause-container"
        assert told.event.about.name == pod


def test_a_container_and_a_sandbox_that_somebody_removed_are_told() -> None:
    with world_with_history() as (world, history):
        world.desired = desired_from(deployment(1))
        pod = world.converge().pods[0].pod.identity.name
        world.hand.remove(world.find(pod, "main").id)
        world.converge()
        assert "somebody removed it" in find(history, "Drift").event.message
        world.hand.kill(world.find(pod).id)
        world.converge()
        drifts = [each.event.message for each in history.events() if each.event.reason == "Drift"]
        assert drifts[1:] == ["its sandbox has stopped; the pod is made anew"]


def test_an_image_that_cannot_be_had_is_told_as_a_failure_and_then_as_a_wait() -> None:
    with world_with_history() as (world, history):
        world.engine.absent.add("none:1")
        world.desired = desired_from(deployment(1, "none:1"))
        for _ in range(40):
            world.run_pass()
            world.clock.advance(1)
        assert "not found" in find(history, "Failed").event.message
        assert find(history, "BackOff").event.uid
        assert find(history, "Pulling").count >= 2


def test_a_program_that_is_not_there_is_told_for_every_attempt() -> None:
    with world_with_history() as (world, history):
        world.engine.behaviours["web:1"] = Behaviour(fails_to_start="no such program")
        world.desired = desired_from(deployment(1))
        for _ in range(40):
            world.run_pass()
            world.clock.advance(1)
        told = [each for each in history.events() if "could not be started" in each.event.message]
        assert [each.count for each in told] == [4]  # at once, and after 0, 10 and 20 seconds
        assert find(history, "Created").count == 4
        assert "Started" not in reasons(history)


HOOKED = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  terminationGracePeriodSeconds: 5
  containers: [{name: main, image: "web:1", lifecycle: {HOOK: {exec: {command: [HOOK]}}}}]
"""


@pytest.mark.parametrize(("hook", "reason"), [("postStart", "FailedPostStartHook"), ("preStop", "FailedPreStopHook")])
def test_a_hook_that_fails_is_told_with_its_exit_code(hook: str, reason: str) -> None:
    with world_with_history() as (world, history):
        world.engine.behaviours["web:1"] = Behaviour(answers_well={hook: (float("inf"), None)})
        world.desired = desired_from(HOOKED.replace("HOOK", hook))
        for _ in range(4):
            world.run_pass()
        world.desired = desired_from("")
        for _ in range(4):
            world.run_pass()
        told = find(history, reason).event
        assert told.message == f"{hook} of container main failed: the command ended with exit code 1"
        assert told.about.name == "app"


def test_a_mount_that_fails_with_another_number_each_time_is_one_event() -> None:
    tries = count(1)

    def refuse(operation: Operation) -> None:
        if isinstance(operation, WriteFiles):
            raise EngineError(f"no room: {next(tries)} of 9 files written")

    with world_with_history() as (world, history):
        world.engine.before = refuse
        world.desired = desired_from(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n---\n"
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
            '  containers: [{name: main, image: "web:1"}]\n  volumes: [{name: c, configMap: {name: c}}]\n'
        )
        for _ in range(20):
            plan = world.run_pass()
            world.clock.now = max(world.clock.now, plan.wake_at or 0.0)
        failed = find(history, "FailedMount")
    assert failed.count > 5
    assert failed.event.message == f"volume c: no room: {failed.count} of 9 files written"
