"""The instance's network goes with the last pod, however often that has to be tried; no pod waits for it."""

from gitpod_sync.errors import EngineError
from gitpod_sync.model.container import ContainerConfig
from gitpod_sync.plan.operations import Operation, RemoveNetwork
from tests.support.simulation import Simulation, desired_from, simulation

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


def _refuse_to_remove_it(world: Simulation) -> None:
    """A container of others is on the network when the last pod goes, and the removal has failed a few times."""
    world.desired = desired_from(POD)
    world.converge()
    world.hand.run("theirs", ContainerConfig("their:1", world.instance.network))
    world.desired = desired_from("")
    world.converge()
    for _ in range(4):
        wake_at = world.run_pass().wake_at
        assert wake_at is not None
        world.clock.now = wake_at
        (step,) = world.run_pass().steps
        assert isinstance(step.operation, RemoveNetwork)
    # The pass that learns of the last refusal.
    assert world.run_pass().steps == ()


def test_a_pod_does_not_wait_because_others_keep_the_network() -> None:
    with simulation() as world:
        _refuse_to_remove_it(world)
        began = world.clock()
        world.desired = desired_from(POD)
        plan = world.run_pass()
        assert [str(each) for each in plan.starting] == ["default/db"]
        assert plan.waiting == ()
        assert world.find("db", "main").alive
        assert world.clock() == began


def test_a_pod_does_not_wait_for_it_after_a_restart_either() -> None:
    with simulation() as world:
        _refuse_to_remove_it(world)
        world.restarted()
        world.desired = desired_from(POD)
        world.run_pass()
        assert world.find("db", "main").alive


def test_a_network_that_others_keep_is_not_asked_for_in_every_pass() -> None:
    with simulation() as world:
        _refuse_to_remove_it(world)
        plan = world.run_pass()
        assert plan.settled
        assert plan.wake_at is not None
        assert plan.wake_at > world.clock() + 10
        _, dry = world.dry_run()
        assert dry.steps == ()


def test_a_network_that_others_kept_goes_when_they_have_left_it() -> None:
    with simulation() as world:
        _refuse_to_remove_it(world)
        world.hand.remove("theirs")
        wake_at = world.run_pass().wake_at
        assert wake_at is not None
        world.clock.now = wake_at
        world.run_pass()
        assert not world.engine.networks
