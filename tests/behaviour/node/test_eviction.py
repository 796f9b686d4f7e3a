"""A node short of memory or disk, on the simulated engine: who goes, in which order, and who comes back when."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import DiskFull, EngineUnavailable
from gitpod_sync.model.base import labels
from gitpod_sync.model.engine.features import EngineFeatures
from gitpod_sync.model.engine.observed import ImageInfo, ObservedContainer
from gitpod_sync.model.records.pressure import (
    DEFAULT_THRESHOLDS,
    EvictionSettings,
    Level,
    NodeCondition,
    Signal,
    Threshold,
)
from gitpod_sync.model.settings import Settings
from gitpod_sync.operations.operations import CreateContainer, Operation, RemoveImage
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

MI = 1024**2
SHORT = Level(50 * MI, 16 * 1024 * MI)
PLENTY = Level(8 * 1024 * MI, 16 * 1024 * MI)
FULL_DISK = Level(5 * 1024 * MI, 100 * 1024 * MI)
EMPTY_DISK = Level(80 * 1024 * MI, 100 * 1024 * MI)


def pod(name: str, *, requests: str = "", limits: str = "", volumes: str = "", grace: int = 30) -> str:
    resources = ", ".join(
        f"{kind}: {{{amounts}}}" for kind, amounts in (("requests", requests), ("limits", limits)) if amounts
    )
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  terminationGracePeriodSeconds: {grace}
  containers:
  - {{name: main, image: "web:1", resources: {{{resources}}}}}
  volumes: [{volumes}]
---
"""


def deployment(name: str, replicas: int = 2, requests: str = "") -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
      - {{name: main, image: "web:1", resources: {{requests: {{{requests}}}}}}}
---
"""


def uses(world: Simulation, **amounts: int) -> None:
    """What the main containers of pods use of memory and have on the disk, in mebibytes."""
    for name, amount in amounts.items():
        container = world.find(name, "main").name
        world.engine.memory_use[container] = amount * MI
        world.engine.storage_use[container] = amount * MI


def evicted(plan: Plan) -> dict[str, str]:
    """Messages of the evicted pods by their names."""
    return {
        state.pod.identity.name: state.message
        for state in plan.pods
        if (state.phase, state.reason) == (Phase.FAILED, "Evicted")
    }


def running(world: Simulation) -> set[str]:
    return {each.labels[labels.POD] for each in world.alive()}


def attempts(world: Simulation, name: str) -> list[ObservedContainer]:
    observed = world.engine.observe(frozenset()).containers
    return [each for each in observed if each.labels.get(labels.POD) == name and labels.CONTAINER in each.labels]


def only_the_first() -> Callable[[Operation], None]:
    """The engine goes away after one operation."""
    done = count()

    def before(_operation: Operation) -> None:
        if next(done):
            raise EngineUnavailable("the engine does not answer")

    return before


def test_a_quiet_node_evicts_nobody_and_asks_for_no_pass() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a"))
        world.converge()
        assert not world.look().steps
        assert world.watch.pressure.conditions == {}


def test_pods_go_one_a_look_and_the_one_furthest_above_its_request_first() -> None:
    with simulation() as world:
        world.desired = desired_from(
            pod("small", requests="memory: 100Mi")
            + pod("large", requests="memory: 100Mi")
            + pod("within", requests="memory: 1Gi")
        )
        world.converge()
        uses(world, small=120, large=300, within=900)
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        order = []
        for _ in range(4):
            world.look()
            world.run_pass()
            order.append(running(world))
            world.clock.advance(10)
        assert order == [{"small", "within"}, {"within"}, set(), set()]
        message = evicted(world.run_pass())["large"]
        assert message == (
            "The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. "
            "Container main was using 300Mi, request is 100Mi, has larger consumption of memory. "
        )


def test_one_look_is_answered_once_however_many_passes_follow() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a") + pod("b") + pod("c"))
        world.converge()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        world.look()
        for _ in range(5):
            plan = world.run_pass()
        assert not plan.steps
        assert len(running(world)) == 2


def test_a_bare_pod_comes_back_when_the_condition_has_passed() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a", requests="memory: 10Mi"))
        world.converge()
        first = world.find("a").labels[labels.UID]
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        world.look()
        began = world.clock()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = PLENTY
        while world.clock() < began + 299:
            world.clock.advance(10)
            plan = world.look()
            assert running(world) == (set() if world.clock() < began + 300 else {"a"})
        assert world.watch.pressure.conditions == {}
        world.converge()
        assert running(world) == {"a"}
        assert world.find("a").labels[labels.UID] != first
        assert evicted(world.run_pass()) == {}
        assert plan is not None


def test_an_evicted_pod_waits_with_its_reason() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a"))
        world.converge()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        world.look()
        plan = world.run_pass()
        assert ([each.reason for each in plan.waiting], plan.wake_at) == (["Unschedulable"], world.clock() + 300)
        assert "node.kubernetes.io/memory-pressure" in plan.waiting[0].message


def test_a_controller_makes_another_pod_unless_it_promises_nothing() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("best") + deployment("burst", requests="memory: 10Mi"))
        world.converge()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        for name in running(world):
            world.engine.memory_use[world.find(name, "main").name] = 100 * MI
        for _ in range(2):
            world.look()
            world.run_pass()
            world.clock.advance(10)
        plan = world.run_pass()
        names = sorted(name.partition("-")[0] for name in running(world))
        assert names == ["burst", "burst"]
        assert len(evicted(plan)) == 1  # only the last one of a workload is kept
        status = {each.workload.name: each.status for each in plan.decisions}
        assert (status["best"].available, status["burst"].available) == (0, 2)


def test_under_disk_pressure_no_pod_comes() -> None:
    with simulation() as world:
        world.engine.levels[Signal.NODEFS_AVAILABLE] = FULL_DISK
        world.watch.look()
        world.desired = desired_from(pod("a", requests="memory: 10Mi"))
        plan = world.run_pass()
        assert running(world) == set()
        assert "node.kubernetes.io/disk-pressure" in plan.waiting[0].message
        world.engine.levels[Signal.NODEFS_AVAILABLE] = EMPTY_DISK
        world.converge()
        assert world.clock() >= world.began + 300
        assert running(world) == {"a"}


def test_dead_containers_and_unused_images_go_before_any_pod() -> None:
    with simulation() as world:
        world.engine.images["theirs:1"] = world.engine.images["web:1"] = ImageInfo("sha256:theirs")
        world.engine.behaviours["web:1"] = Behaviour(exits_after=1, exit_code=1)
        world.desired = desired_from(pod("old").replace("web:1", "old:1") + pod("crashes"))
        for seconds in (0, 0, 31, 0, 31, 0):
            world.clock.advance(seconds)
            world.run_pass()
        world.desired = desired_from(pod("crashes"))
        for seconds in (0, 31, 31):
            world.clock.advance(seconds)
            world.run_pass()
        assert len(attempts(world, "crashes")) == 2
        world.engine.levels[Signal.IMAGEFS_AVAILABLE] = FULL_DISK
        plan = world.look()
        assert [step.operation for step in plan.steps if isinstance(step.operation, RemoveImage)] == [
            RemoveImage("old:1")
        ]
        assert set(world.engine.images) >= {"theirs:1", "web:1"}
        assert "old:1" not in world.engine.images
        assert len(attempts(world, "crashes")) == 1
        assert evicted(world.run_pass()) == {}


def test_an_image_that_a_wanted_pod_mounts_is_not_unused() -> None:
    with simulation() as world:
        world.engine.node = replace(world.engine.node, features=EngineFeatures(lacks={}))
        mounting = pod("a", volumes="{name: files, image: {reference: files:1}}")
        world.desired = desired_from(mounting)
        world.converge()
        assert "files:1" in world.engine.images
        world.hand.remove(world.find("a", "main").id)
        world.hand.remove(world.find("a").id)
        world.engine.levels[Signal.IMAGEFS_AVAILABLE] = FULL_DISK
        plan = world.look()
        assert not [step for step in plan.steps if isinstance(step.operation, RemoveImage)]


def test_a_pod_over_the_limit_of_a_volume_is_evicted_and_made_again_at_once() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a", volumes="{name: cache, emptyDir: {sizeLimit: 64Mi}}") + pod("b"))
        world.converge()
        first = world.find("a").labels[labels.UID]
        (volume,) = (name for name in world.engine.volumes if name.endswith("_cache"))
        world.engine.storage_use[volume] = 65 * MI
        plan = world.look()
        assert [step.cause for step in plan.steps][:1] == ['Usage of EmptyDir volume "cache" exceeds the limit "64Mi".']
        assert volume not in world.engine.volumes
        world.converge()
        assert running(world) == {"a", "b"}
        assert world.find("a").labels[labels.UID] != first


def test_a_container_may_write_and_log_only_so_much() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a", limits="ephemeral-storage: 10Mi"))
        world.converge()
        uses(world, a=11)
        plan = world.look()
        (mark,) = (step.cause for step in plan.steps if isinstance(step.operation, CreateContainer))
        assert mark == "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi."
        assert not attempts(world, "a")


def test_use_of_the_disk_is_measured_once_a_minute() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a", limits="ephemeral-storage: 10Mi"))
        world.converge()
        world.look()
        first = world.find("a").labels[labels.UID]
        uses(world, a=11)
        for _ in range(5):
            world.clock.advance(10)
            world.look()
        assert world.find("a").labels[labels.UID] == first
        world.clock.advance(10)
        world.look()
        world.converge()
        assert world.find("a").labels[labels.UID] != first


def test_a_soft_threshold_has_to_be_met_for_its_grace_and_gives_the_pod_time() -> None:
    soft = Threshold(Signal.MEMORY_AVAILABLE, Decimal(500 * MI), grace=30)
    with simulation() as world:
        world.settings = Settings(eviction=EvictionSettings((*DEFAULT_THRESHOLDS, soft), pod_grace=5))
        world.restarted()
        world.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
        world.desired = desired_from(pod("a"))
        world.converge()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = Level(200 * MI, 16 * 1024 * MI)
        for _ in range(3):
            world.look()
            assert NodeCondition.MEMORY in world.watch.pressure.conditions
            world.clock.advance(10)
        assert running(world) == {"a"}
        world.look()
        world.run_pass()
        assert running(world) == {"a"}
        world.clock.advance(5)
        world.run_pass()
        assert running(world) == set()
        assert set(evicted(world.run_pass())) == {"a"}


def test_an_eviction_that_was_interrupted_is_gone_on_with() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a"))
        world.converge()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        world.watch.look()
        world.engine.before = only_the_first()
        world.run_pass()
        assert running(world) == {"a"}
        world.engine.before = lambda _: None
        world.restarted()
        for _ in range(3):
            world.clock.advance(2)
            plan = world.run_pass()
        assert running(world) == set()
        assert set(evicted(plan)) == {"a"}


def test_conditions_outlive_the_daemon() -> None:
    with simulation() as world:
        world.engine.levels[Signal.NODEFS_AVAILABLE] = FULL_DISK
        world.watch.look()
        world.engine.levels[Signal.NODEFS_AVAILABLE] = EMPTY_DISK
        world.restarted()
        world.desired = desired_from(pod("a"))
        world.clock.advance(200)
        world.look()
        assert running(world) == set()
        world.clock.advance(101)
        world.look()
        world.converge()
        assert running(world) == {"a"}


def test_an_evicted_pod_goes_with_what_asked_for_it() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a"))
        world.converge()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        world.look()
        world.desired = desired_from("")
        world.run_pass()
        world.run_pass()
        assert world.engine.containers == {}


def test_a_limit_of_a_volume_on_the_disk_is_no_setting_of_the_volume() -> None:
    with simulation() as world:
        world.desired = desired_from(pod("a", volumes="{name: cache, emptyDir: {sizeLimit: 64Mi}}"))
        world.converge()
        assert {mount.size for mount in world.find("a").config.mounts} == {0}


def test_a_disk_too_full_for_the_mark_is_emptied_without_one() -> None:
    def before(operation: Operation) -> None:
        if isinstance(operation, CreateContainer):
            raise DiskFull

    with simulation() as world:
        world.desired = desired_from(pod("a") + pod("b"))
        world.converge()
        uses(world, a=20, b=10)
        world.engine.levels[Signal.NODEFS_AVAILABLE] = FULL_DISK
        world.engine.before = before
        world.look()
        assert running(world) == {"a", "b"}
        world.clock.advance(10)
        world.look()
        assert running(world) == {"b"}
        waiting = world.run_pass().waiting
        assert ["node.kubernetes.io/disk-pressure" in each.message for each in waiting] == [True]


def test_a_job_counts_a_pod_that_was_evicted_as_failed_and_tries_again() -> None:
    with simulation() as world:
        world.desired = desired_from("""\
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  backoffLimit: 3
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "web:1", resources: {requests: {memory: 10Mi}}}]
""")
        for _ in range(3):
            plan = world.run_pass()
        (first,) = running(world)
        world.engine.levels[Signal.MEMORY_AVAILABLE] = SHORT
        world.look()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = PLENTY
        for _ in range(4):
            world.clock.advance(10)
            plan = world.look()
        (second,) = running(world)
        assert second != first
        assert set(evicted(plan)) == {first}


def set_of(kind: str, requests: str = "") -> str:
    """A StatefulSet or DaemonSet whose pods end only when they are killed."""
    return f"""\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: set}}
spec:
  selector: {{matchLabels: {{app: set}}}}
  template:
    metadata: {{labels: {{app: set}}}}
    spec:
      containers: [{{name: main, image: "deaf:1", resources: {{requests: {{{requests}}}}}}}]
"""


@pytest.mark.parametrize(("kind", "requests"), [("StatefulSet", "memory: 10Mi"), ("DaemonSet", "")])
def test_a_set_waits_until_nothing_of_the_evicted_pod_runs_and_makes_the_next_one(kind: str, requests: str) -> None:
    soft = Threshold(Signal.MEMORY_AVAILABLE, Decimal(500 * MI), grace=0)
    with simulation(Settings(eviction=EvictionSettings((soft,), pod_grace=12))) as world:
        world.engine.behaviours["deaf:1"] = Behaviour(ignores_term=True)
        world.desired = desired_from(set_of(kind, requests))
        world.converge()
        (first,) = world.alive()
        world.engine.levels[Signal.MEMORY_AVAILABLE] = Level(200 * MI, 16 * 1024 * MI)
        seen: list[str] = []
        for _ in range(20):
            world.look()
            world.run_pass()
            alive = [each.id for each in world.alive()]
            assert len(alive) <= 1
            seen += [each for each in alive if each not in seen]
            if len(seen) > 1:
                break
            world.clock.advance(5)
        assert seen[0] == first.id
        assert len(seen) == 2
