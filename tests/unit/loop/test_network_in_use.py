"""The instance's network goes with the last pod, however often that has to be tried."""

from gitpod_sync.errors import EngineError
from gitpod_sync.plan.operations import Operation, RemoveNetwork
from tests.support.simulation import desired_from, simulation

POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: main, image: "db:1"}]}'


def test_a_network_that_could_not_be_removed_is_tried_again_without_any_event() -> None:
    def refuse(operation: Operation) -> None:
        if isinstance(operation, RemoveNetwork):
            raise EngineError("no")

    with simulation() as world:
        world.desired = desired_from(POD)
        world.converge()
        world.desired = desired_from("")
        world.engine.before = refuse
        world.converge()
        plan = world.run_pass()
        assert world.engine.networks
        assert plan.wake_at is not None
        world.engine.before = lambda _operation: None
        world.clock.now = plan.wake_at
        world.run_pass()
        assert not world.engine.networks
