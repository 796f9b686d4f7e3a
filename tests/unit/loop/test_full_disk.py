"""The engine's disk is full: a reason at the pod, tries that become rarer, and nothing else is touched."""

from itertools import pairwise

from gitpod_sync.errors import DiskFull
from gitpod_sync.model import labels
from gitpod_sync.plan.operations import CreateContainer, Operation
from tests.support.simulation import Simulation, desired_from, simulation

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: neighbour}
spec: {containers: [{name: main, image: "web:1"}]}
"""
COMER = """\
---
apiVersion: v1
kind: Pod
metadata: {name: comer}
spec: {containers: [{name: main, image: "web:1"}]}
"""


def full_disk(world: Simulation, tried: list[float]) -> None:
    def before(operation: Operation) -> None:
        if isinstance(operation, CreateContainer):
            tried.append(world.clock())
            raise DiskFull

    world.engine.before = before


def test_a_pod_that_cannot_be_made_waits_with_the_reason_and_its_neighbour_stays() -> None:
    with simulation() as world:
        world.desired = desired_from(PODS)
        world.converge()
        neighbour = world.find("neighbour", "main")
        tried: list[float] = []
        full_disk(world, tried)
        world.desired = desired_from(PODS + COMER)
        for _ in range(120):
            plan = world.run_pass()
            world.clock.advance(1)
        assert {(each.reason, each.message.partition(";")[0]) for each in plan.waiting} == {
            ("FailedCreatePodSandBox", "no space is left on the engine's disk")
        }
        # A second passes before each failure is collected, and 1, 2, 4 … after it.
        assert [round(later - earlier) for earlier, later in pairwise(tried)] == [2, 3, 5, 9, 17, 33]
        assert world.find("neighbour", "main") == neighbour
        world.engine.before = lambda _: None
        world.converge()
        assert world.find("comer", "main").alive
        assert world.find("neighbour", "main") == neighbour


def test_a_container_that_cannot_be_started_again_leaves_its_pod_in_place() -> None:
    with simulation() as world:
        world.desired = desired_from(PODS + COMER)
        world.converge()
        sandbox, neighbour = world.find("comer"), world.find("neighbour", "main")
        tried: list[float] = []
        full_disk(world, tried)
        world.hand.kill(world.find("comer", "main").name)
        reasons = set()
        for _ in range(20):
            reasons |= {each.reason for each in world.run_pass().waiting}
            world.clock.advance(1)
        assert reasons == {"CreateContainerError"}
        assert len(tried) == 5
        assert (world.find("comer"), world.find("neighbour", "main")) == (sandbox, neighbour)
        world.engine.before = lambda _: None
        world.converge()
        assert world.find("comer").labels[labels.UID] == sandbox.labels[labels.UID]
