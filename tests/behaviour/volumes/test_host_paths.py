"""hostPath volumes with a type: looked at once for a pod, before its containers start, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.model.pods.host_path import PathKind
from gitpod_sync.operations.operations import CheckPath, Operation
from gitpod_sync.resources.items import list_pods
from tests.support.simulation import Simulation, desired_from, simulation


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def want(sim: Simulation, kind: str, mount: str = "") -> None:
    sim.desired = desired_from(f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  volumes: [{{name: v, hostPath: {{path: /data/x, type: "{kind}"}}}}]
  containers: [{{name: main, image: "app:1", volumeMounts: [{{name: v, mountPath: /x{mount}}}]}}]
""")


def test_a_pod_waits_for_a_path_of_the_right_type_and_is_tried_again(sim: Simulation) -> None:
    want(sim, "Directory")
    for _ in range(5):
        plan = sim.run_pass()
    (waiting,) = plan.waiting
    assert waiting.reason == "FailedMount"
    assert waiting.message == "hostPath type check failed: /data/x is not a directory"
    assert sim.alive() == []
    assert list_pods(plan)[0].status == "FailedMount"
    sim.engine.paths["/data/x"] = PathKind.DIRECTORY
    sim.converge()
    assert [each.must_exist for each in sim.mounts("app", "main")] == [True]


def test_what_may_be_made_is_made(sim: Simulation) -> None:
    want(sim, "DirectoryOrCreate")
    sim.converge()
    assert sim.engine.paths == {"/data/x": PathKind.DIRECTORY}


def test_without_a_type_nothing_is_looked_at(sim: Simulation) -> None:
    looked: list[Operation] = []
    sim.engine.before = lambda operation: looked.append(operation) if isinstance(operation, CheckPath) else None
    want(sim, "")
    sim.converge()
    assert looked == []
    assert [each.must_exist for each in sim.mounts("app", "main")] == [False]


def test_a_path_is_looked_at_once_for_a_pod_whatever_becomes_of_it(sim: Simulation) -> None:
    sim.engine.paths["/data/x"] = PathKind.SOCKET
    want(sim, "Socket")
    sim.converge()
    looked: list[Operation] = []
    sim.engine.before = lambda operation: looked.append(operation) if isinstance(operation, CheckPath) else None
    sim.hand.kill(sim.find("app", "main").id)
    sim.converge()
    sim.restarted()
    sim.converge()
    assert looked == []


def test_a_socket_that_is_gone_is_not_made_as_a_folder_when_its_container_is_started_again(sim: Simulation) -> None:
    sim.engine.paths["/data/x"] = PathKind.SOCKET
    want(sim, "Socket")
    sim.converge()
    del sim.engine.paths["/data/x"]
    sim.hand.kill(sim.find("app", "main").id)
    for _ in range(3):
        plan = sim.run_pass()
    assert [each.reason for each in plan.waiting] == ["CreateContainerError"]
    sim.engine.paths["/data/x"] = PathKind.SOCKET
    sim.converge()
    assert len(sim.alive()) == 1
