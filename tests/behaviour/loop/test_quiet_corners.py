"""Where time or what is under way decides, a plan is what it would be if nothing had been computed before."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.loop import reconciler
from gitpod_sync.model.base.labels import CONTAINER, EVICTED, UID
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.operations.operations import Operation, RemoveContainer
from gitpod_sync.workers import PatientWorkers
from tests.support.anew import compute_twice
from tests.support.simulation import Simulation, desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  terminationGracePeriodSeconds: 0
  activeDeadlineSeconds: {deadline}
  containers:
  - name: main
    image: "web:1"
    volumeMounts: [{{name: settings, mountPath: /settings}}, {{name: data, mountPath: /data}}]
  volumes: [{{name: settings, configMap: {{name: settings}}}}, {{name: data, emptyDir: {{sizeLimit: 1Mi}}}}]
---
{{apiVersion: v1, kind: ConfigMap, metadata: {{name: settings}}, data: {{color: {color}}}}}
"""


REPLICA_SET = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{terminationGracePeriodSeconds: 0, containers: [{{name: main, image: "web:1"{probe}}}]}}
"""
PROBE = ", readinessProbe: {exec: {command: [check]}, periodSeconds: 5, failureThreshold: 1}"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    monkeypatch.setattr(reconciler, "compute_plan", compute_twice)
    with simulation() as made:
        yield made


def begin(world: Simulation, deadline: int = 1000) -> None:
    world.desired = desired_from(POD.format(deadline=deadline, color="red"))
    world.converge()


def hold_up_what_is_written(world: Simulation, deadline: int = 1000) -> None:
    """A ConfigMap is written into the pod, and that does not come to its end."""
    world.use_workers(PatientWorkers())
    world.run_pass()
    world.desired = desired_from(POD.format(deadline=deadline, color="blue"))
    assert world.run_pass().steps
    world.run_pass()


def differ(world: Simulation) -> None:
    """The sandbox is not as written."""
    sandbox = world.engine.containers[world.find("web").id]
    sandbox.config = replace(sandbox.config, hostname="other")


def test_a_deadline_that_passes_while_something_is_under_way(world: Simulation) -> None:
    begin(world, deadline=100)
    hold_up_what_is_written(world, deadline=100)
    world.clock.advance(200)
    (state,) = world.run_pass().pods
    assert state.reason == "DeadlineExceeded"


def test_a_deadline_that_passes_before_a_young_sandbox_is_judged(world: Simulation) -> None:
    begin(world, deadline=5)
    differ(world)
    world.run_pass()
    world.run_pass()
    world.clock.advance(6)
    (state,) = world.run_pass().pods
    assert state.reason == "DeadlineExceeded"


def test_a_sandbox_that_is_judged_while_something_is_under_way(world: Simulation) -> None:
    begin(world)
    hold_up_what_is_written(world)
    differ(world)
    world.run_pass()
    world.clock.advance(11)
    (state,) = world.run_pass().pods
    assert state.lost


def test_pods_that_seem_to_be_ready_from_some_time_to_come(world: Simulation) -> None:
    world.desired = desired_from(REPLICA_SET.format(replicas=1, probe=""))
    world.converge()
    for seconds in (100, -1000, 0, 860, 20, 60):
        world.clock.now += seconds
        (decision,) = world.run_pass().decisions
    assert decision.status.available == 1


def test_a_mark_of_an_evicted_pod_that_stays_beside_another_pod_of_its_name(world: Simulation) -> None:
    def refuse(operation: Operation) -> None:
        if isinstance(operation, RemoveContainer) and EVICTED in world.engine.containers[operation.id].labels:
            raise EngineError("refused")

    begin(world)
    world.engine.before = refuse
    for _ in range(2):
        world.hand.fill(world.find("web", "main").id, "/data/much", 2 << 20)
        world.look()
        for _ in range(10):
            world.clock.advance(40)
            world.run_pass()
    marks = [state for state in world.run_pass().pods if state.pod.evicted]
    assert len(marks) > 1


def test_two_pods_of_one_name_that_wait_for_the_same(world: Simulation) -> None:
    world.engine.behaviours["web:1"] = Behaviour(answers_well={"readiness": (1e9, None)})
    world.desired = desired_from(REPLICA_SET.format(replicas=1, probe=PROBE))
    passes(world, 4)
    world.desired = desired_from(REPLICA_SET.format(replicas=2, probe=PROBE))
    (sandbox,) = (each for each in world.engine.containers.values() if CONTAINER not in each.labels)
    (main,) = (each for each in world.engine.containers.values() if CONTAINER in each.labels)
    world.hand.run("copy", with_another_uid(sandbox.config))
    copy = world.engine.find("copy").id
    world.hand.run("copied", replace(with_another_uid(main.config), network=f"container:{copy}"))
    passes(world, 3)
    world.hand.remove(copy)
    passes(world, 6)


def with_another_uid(config: ContainerConfig) -> ContainerConfig:
    """As somebody copies a container by hand."""
    uid = config.labels[UID]
    other = f"{'1' if uid[0] == '0' else '0'}{uid[1:]}"
    mounts = tuple(replace(mount, source=mount.source.replace(uid, other)) for mount in config.mounts)
    return replace(config, labels={**config.labels, UID: other}, mounts=mounts, ports=())


def passes(world: Simulation, number: int) -> None:
    for _ in range(number):
        world.clock.advance(5)
        world.run_pass()
