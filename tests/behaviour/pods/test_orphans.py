"""Containers whose sandbox somebody has removed: they have the grace of their pod, and its successor waits for them."""

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.engine.observed import ContainerStatus
from tests.support.simulation import desired_from, simulation

BARE = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  terminationGracePeriodSeconds: 100
  containers: [{name: main, image: "web:1"}]
"""
RECREATE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: p}
spec:
  selector: {matchLabels: {app: p}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: p}}
    spec:
      terminationGracePeriodSeconds: 100
      containers: [{name: main, image: "web:1"}]
"""


@pytest.mark.parametrize("manifest", [BARE, RECREATE], ids=["bare pod", "Recreate"])
@pytest.mark.parametrize("hand", ["remove", "kill"])
def test_the_successor_comes_when_the_grace_is_over_and_not_before(manifest: str, hand: str) -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
        world.desired = desired_from(manifest)
        world.converge()
        (first,) = world.alive()
        sandbox = first.config.network.removeprefix("container:")
        getattr(world.hand, hand)(sandbox)
        for _ in range(100):
            world.run_pass()
            assert [each.id for each in world.alive()] == [first.id]
            world.clock.advance(1)
        for _ in range(3):
            world.run_pass()
        (second,) = world.alive()
        assert second.id != first.id


def test_a_sandbox_that_is_being_removed_is_let_go() -> None:
    with simulation() as world:
        world.desired = desired_from(BARE)
        world.converge()
        world.engine.containers[world.find("p").id].status = ContainerStatus.REMOVING
        plan = world.run_pass()
        assert not plan.steps
        assert not plan.settled


def test_without_a_grace_period_an_orphan_is_removed_at_once() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
        world.desired = desired_from(BARE.replace("100", "0"))
        world.converge()
        (first,) = world.alive()
        world.hand.remove(first.config.network.removeprefix("container:"))
        world.run_pass()
        assert not world.alive()
