"""Autoscalers in the whole loop, by the hand-wound clock: what pods use in, replicas out."""

from dataclasses import replace

import pytest

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import object_hash
from gitpod_sync.model.records.event import EventType
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import DeploymentRecord
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord, HorizontalPodAutoscaler, Limit, Pace
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

SCALER = Key("HorizontalPodAutoscaler", "default", "web")
WEB = Key("Deployment", "default", "web")
AT_ONCE = "behavior: {scaleDown: {stabilizationWindowSeconds: 0}}"
VERSIONS = {"ReplicationController": "v1"}


def workload(kind: str = "Deployment", replicas: str = "replicas: 2", image: str = "web:1", more: str = "") -> str:
    selector = "{app: web}" if kind == "ReplicationController" else "{matchLabels: {app: web}}"
    return f"""\
apiVersion: {VERSIONS.get(kind, "apps/v1")}
kind: {kind}
metadata: {{name: web, annotations: {{gitpod-sync.io/on-failure: rollback}}}}
spec:
  {replicas}
  {more}
  selector: {selector}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - {{name: main, image: "{image}", resources: {{requests: {{cpu: 100m}}}}}}
"""


def scaler(kind: str = "Deployment", least: int = 1, most: int = 10, behavior: str = "") -> str:
    return f"""\
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec:
  scaleTargetRef: {{kind: {kind}, name: web}}
  minReplicas: {least}
  maxReplicas: {most}
  metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 50}}}}}}]
  {behavior}
"""


def burn(world: Simulation, total: int, seconds: float = 15.0) -> Plan:
    """Time passes in which the pods share a load of so many millicores; then they are measured."""
    alive = world.alive()
    world.engine.cpu_use = {each.name: total // len(alive) for each in alive}
    world.clock.now += seconds
    world.measure()
    return world.converge()


def standing(world: Simulation) -> int:
    return len({each.labels[labels.UID] for each in world.alive()})


def record(world: Simulation) -> AutoscalerRecord:
    found = world.history.records()[SCALER]
    assert isinstance(found, AutoscalerRecord)
    return found


def reasons(world: Simulation) -> list[str]:
    return [each.event.message for each in world.history.events("default") if each.event.about == SCALER]


def warm(world: Simulation, text: str) -> None:
    """Converged, and then for so long at the target that readiness does not matter any more."""
    world.desired = desired_from(text)
    world.converge()
    hold(world, 400)


def hold(world: Simulation, seconds: float) -> None:
    """Time passes in which the pods are just at their target."""
    burn(world, 50 * len(world.alive()), seconds)


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"])
def test_a_load_brings_pods_and_its_end_takes_them_away_after_the_window(kind: str) -> None:
    with simulation() as world:
        warm(world, workload(kind) + scaler(kind))
        burn(world, 400)
        assert standing(world) == 6  # 400m over two pods are 200 % of their requests; no more than 4 pods in 15 s
        burn(world, 400)
        assert standing(world) == 8
        assert reasons(world)[0] == "New size: 6; reason: cpu resource utilization (percentage of request) above target"
        for _ in range(19):
            burn(world, 80)
            assert standing(world) == 8
        assert record(world).pace is Pace.DOWN_STABILIZED
        burn(world, 80)
        burn(world, 80)
        assert standing(world) == 2
        assert reasons(world)[-1] == "New size: 2; reason: All metrics below target"


def test_it_looks_once_after_each_measurement_and_a_pass_in_between_writes_nothing() -> None:
    with simulation() as world:
        warm(world, workload() + scaler())
        burn(world, 100)
        before = record(world)
        world.clock.now += 10
        plan = world.run_pass()
        assert not plan.steps
        assert record(world) == before
        assert plan.wake_at is not None
        assert plan.wake_at >= before.looked_at + 60


def test_the_limits_hold_at_once_whatever_is_measured() -> None:
    with simulation() as world:
        world.desired = desired_from(workload() + scaler(least=4))
        world.converge()
        assert standing(world) == 4
        assert reasons(world) == ["New size: 4; reason: Current number of replicas below Spec.MinReplicas"]
        world.desired = desired_from(workload() + scaler(most=3))
        world.converge()
        assert standing(world) == 3
        assert reasons(world)[-1] == "New size: 3; reason: Current number of replicas above Spec.MaxReplicas"


def test_more_than_may_be_is_said_to_be_limited() -> None:
    with simulation() as world:
        warm(world, workload() + scaler(most=3))
        burn(world, 1000)
        assert (standing(world), record(world).limit) == (3, Limit.TOO_MANY)


def test_zero_replicas_in_git_switch_it_off_and_others_on_again() -> None:
    with simulation() as world:
        warm(world, workload() + scaler(least=3))
        assert standing(world) == 3
        world.desired = desired_from(workload(replicas="replicas: 0") + scaler(least=3))
        plan = world.converge()
        assert standing(world) == 0
        assert plan.scalings[0].disabled
        assert "switches scaling off" in plan.scalings[0].problem
        assert not plan.measured
        world.desired = desired_from(workload() + scaler(least=3))
        world.converge()
        assert standing(world) == 3


def test_without_the_autoscaler_the_number_in_git_is_in_force_again() -> None:
    with simulation() as world:
        warm(world, workload() + scaler(least=5))
        world.desired = desired_from(workload())
        world.converge()
        assert standing(world) == 2
        assert SCALER not in world.history.records()


def test_an_autoscaler_that_comes_takes_on_what_runs_though_git_says_nothing_of_it_any_more() -> None:
    with simulation() as world:
        world.desired = desired_from(workload(replicas="replicas: 7"))
        world.converge()
        warm(world, workload(replicas="") + scaler())
        assert standing(world) == 7


def test_a_lost_database_ends_no_pod_and_the_window_of_scaling_down_begins_anew() -> None:
    with simulation() as world:
        warm(world, workload() + scaler())
        burn(world, 400)
        burn(world, 400)
        assert standing(world) == 8
        world.lose_database(with_finished=True)
        world.converge()
        assert standing(world) == 8
        burn(world, 80)
        for _ in range(18):
            burn(world, 80)
            assert standing(world) == 8
        for _ in range(3):
            burn(world, 80)
        assert standing(world) == 2


def test_a_crash_forgets_nothing() -> None:
    with simulation() as world:
        warm(world, workload() + scaler())
        burn(world, 400)
        before = record(world)
        world.restarted()
        plan = world.converge()
        assert not plan.steps
        assert standing(world) == 6
        assert replace(record(world), looked_at=0.0, found=()) == replace(before, looked_at=0.0, found=())


def test_a_clock_that_was_set_back_does_not_hold_it_up() -> None:
    with simulation() as world:
        warm(world, workload() + scaler(behavior=AT_ONCE))
        burn(world, 400)
        world.clock.now -= 7200
        world.measure()
        world.converge()
        burn(world, 60)
        assert standing(world) == 2


def test_when_measurements_end_the_number_stays_and_it_is_said() -> None:
    with simulation() as world:
        warm(world, workload() + scaler(behavior=AT_ONCE))
        burn(world, 200)
        assert standing(world) == 4
        world.clock.now += 61
        plan = world.converge()
        assert standing(world) == 4
        assert not plan.steps
        assert record(world).found[0].reason == "the use of cpu is not known of any pod"
        (warning,) = [each for each in world.history.events("default") if each.event.type is EventType.WARNING]
        assert warning.event.reason == "FailedGetResourceMetric"


def test_a_dry_run_and_a_sync_keep_the_number_that_is_in_force() -> None:
    with simulation() as world:
        warm(world, workload() + scaler())
        burn(world, 400)
        world.clock.now += 200
        changes, plan = world.dry_run()
        assert not changes
        assert not plan.steps
        assert plan.scalings[0].record == record(world)


def test_nothing_is_measured_without_an_autoscaler() -> None:
    with simulation() as world:
        world.desired = desired_from(workload())
        assert not world.converge().measured


def test_scaling_is_no_commit_orders_about_the_object_stand() -> None:
    with simulation() as world:
        warm(world, workload() + scaler())
        world.desired = desired_from(workload(image="web:2") + scaler())
        world.converge()
        first = world.history.records()[WEB]
        assert isinstance(first, DeploymentRecord)
        order = Intervention(WEB, Verb.UNDO, first.revisions[0].hash, 1.0, object_hash(world.desired.workloads[WEB]))
        world.history.give_intervention(order)
        world.converge()
        hold(world, 400)
        burn(world, 400)
        assert standing(world) == 6
        assert world.history.interventions() == (order,)
        assert {each.config.image for each in world.alive()} == {"web:1"}


def test_scaling_is_no_commit_what_was_rolled_back_is_not_tried_again() -> None:
    with simulation() as world:
        deadline = "progressDeadlineSeconds: 30"
        warm(world, workload(more=deadline) + scaler())
        world.engine.absent.add("broken:1")
        world.desired = desired_from(workload(image="broken:1", more=deadline) + scaler())
        for _ in range(100):
            plan = world.run_pass()
            world.clock.now += 1
        assert plan.decisions[0].status.failed
        world.engine.cpu_use = {each.name: 200 for each in world.alive()}
        world.clock.now += 15
        world.measure()
        for _ in range(10):
            world.run_pass()
        assert standing(world) > 2
        assert {each.config.image for each in world.alive()} == {"web:1"}
        held = world.history.records()[WEB]
        assert isinstance(held, DeploymentRecord)
        assert held.hold is not None
        assert held.hold.object == object_hash(world.desired.workloads[WEB])


def test_a_rollout_and_a_scaling_go_on_together_in_proportion() -> None:
    with simulation() as world:
        warm(world, workload(replicas="replicas: 10") + scaler(most=20))
        world.engine.absent.add("broken:1")
        world.desired = desired_from(workload(replicas="replicas: 10", image="broken:1") + scaler(most=20))
        for _ in range(20):
            world.run_pass()
            world.clock.now += 0.1
        before = world.history.records()[WEB]
        assert isinstance(before, DeploymentRecord)
        alive = world.alive()
        world.engine.cpu_use = {each.name: 100 for each in alive}
        world.clock.now += 15
        world.measure()
        for _ in range(5):
            world.run_pass()
        after = world.history.records()[WEB]
        assert isinstance(after, DeploymentRecord)
        grown = record(world).replicas
        assert grown is not None
        assert grown > 10
        assert (before.replicas, after.replicas) == (10, grown)
        assert len(after.sizes) == 2
        assert all(new.size > old.size for old, new in zip(before.sizes, after.sizes, strict=True))


def test_the_readings_are_remembered_for_people() -> None:
    with simulation() as world:
        warm(world, workload() + scaler())
        burn(world, 100)
        (reading,) = record(world).found
        assert (reading.share, reading.average, reading.replicas) == (50, 50, 2)
        found = world.desired.configs[SCALER]
        assert isinstance(found, HorizontalPodAutoscaler)
        assert reading.metric == found.spec.metrics[0]
