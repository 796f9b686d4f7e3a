"""Small repairs: one that cannot be done, or does not last, is tried more and more rarely, and holds up no other."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from gitpod_sync.errors import EngineError, EngineUnavailable
from gitpod_sync.model.engine.container import Limits
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.operations.operations import Operation, RenameContainer, UpdateContainer
from tests.support.simulation import Simulation, desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - {name: one, image: "web:1", resources: {limits: {memory: 64Mi}}}
  - {name: two, image: "web:1"}
"""


def refuse(world: Simulation, error: EngineError, *kinds: type[Operation]) -> Counter[str]:
    """Refuse operations of these kinds; the answer counts how often each was tried."""
    tried: Counter[str] = Counter()

    def before(operation: Operation) -> None:
        if isinstance(operation, kinds or object):
            tried[type(operation).__name__] += 1
            raise error

    world.engine.before = before
    return tried


def pass_for(world: Simulation, seconds: float, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Passes as fast as the loop ever makes them."""
    until = world.clock() + seconds
    while world.clock() < until:
        world.run_pass()
        meanwhile()
        world.clock.advance(0.06)


@pytest.mark.parametrize("container", ["one", ""], ids=["container", "sandbox"])
def test_a_repair_that_fails_holds_up_no_other(container: str) -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        limits = world.find("p", container).config.limits
        tried = refuse(world, EngineError("no"), RenameContainer)
        world.hand.rename(world.find("p", container).id, "mine")
        pass_for(world, 0.5)
        world.hand.pause(world.find("p", container).id)
        world.hand.update(world.find("p", container).id, Limits(memory=1))
        world.hand.kill(world.find("p", "two").id)
        pass_for(world, 0.2)
        mended = world.find("p", container)
        assert (mended.status, mended.config.limits) == (ContainerStatus.RUNNING, limits)
        assert world.find("p", "two").alive
        assert tried == {"RenameContainer": 1}


def test_what_is_held_back_is_not_settled() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        refuse(world, EngineError("no"), RenameContainer)
        world.hand.rename(world.find("p", "one").id, "mine")
        world.run_pass()
        plan = world.run_pass()
        assert not plan.steps
        assert not plan.settled
        assert [each.message for each in plan.waiting] == ["no"]


def test_a_repair_that_does_not_last_is_made_more_and_more_rarely() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        made = []
        world.engine.before = lambda operation: (
            made.append(world.clock()) if isinstance(operation, UpdateContainer) else None
        )
        container = world.find("p", "one").id
        world.hand.update(container, Limits(memory=1))
        pass_for(world, 70, lambda: world.hand.update(container, Limits(memory=1)))
        gaps = [round(later - earlier) for earlier, later in pairwise(made)]
        assert gaps == [1, 2, 4, 8, 16, 32]


def test_a_repair_that_lasted_is_made_at_once_another_time() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        for _ in range(5):
            world.hand.update(world.find("p", "one").id, Limits(memory=1))
            assert [type(step.operation) for step in world.run_pass().steps] == [UpdateContainer]
            world.run_pass()
            world.clock.advance(120)
            assert world.run_pass().settled


def test_an_engine_that_answers_and_does_not_act_is_not_flooded() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        world.hand.kill(world.find("p", "two").id)
        tried = refuse(world, EngineUnavailable("no answer"))
        pass_for(world, 10)
        assert sum(tried.values()) <= 4
        world.engine.before = lambda _operation: None
        world.converge()


@pytest.mark.parametrize("pair", [("p", "q"), ("p", "one")], ids=["sandboxes", "sandbox and container"])
def test_what_has_each_others_name_gets_its_own_back(pair: tuple[str, str]) -> None:
    with simulation() as world:
        world.desired = desired_from(POD + "---\n" + POD.replace("name: p", "name: q"))
        world.converge()
        names = {each.id: each.name for each in world.engine.containers.values()}
        first = world.find("p")
        second = world.find("q") if pair[1] == "q" else world.find("p", "one")
        for container, name in ((first, "between"), (second, first.name), (first, second.name)):
            world.hand.rename(container.id, name)
        pass_for(world, 0.5)
        assert {each.id: each.name for each in world.engine.containers.values()} == names
