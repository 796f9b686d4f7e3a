"""What others use cannot be removed: it is told, tried again, and no pod waits for it."""

from collections.abc import Callable
from itertools import count

import pytest

from gitpod_sync.errors import EngineError, NotConverged
from gitpod_sync.loop.converge import LEFT_TO_OTHERS, converge
from gitpod_sync.loop.reconciler import Deps
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.engine.container import ContainerConfig, Mount, MountKind
from gitpod_sync.operations.operations import Operation, RemoveNetwork
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.workers import InlineWorkers
from tests.support.simulation import KEY, Simulation, desired_from, simulation

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
        _end_pod(world)
        plan = world.run_pass()
        assert world.engine.networks
        assert plan.wake_at is not None
        world.engine.before = lambda _operation: None
        world.clock.now = plan.wake_at
        world.run_pass()
        assert not world.engine.networks


def _end_pod(world: Simulation) -> None:
    """Passes until the last pod is gone, and the removal of what it stood on has been tried."""
    while any(each.name != "theirs" for each in world.engine.containers.values()):
        plan = world.run_pass()
        if not plan.steps:
            world.clock.now = plan.wake_at or world.engine.next_end or world.clock.now
    world.run_pass()


def _refuse_to_remove_it(world: Simulation) -> None:
    """A container of others is on the network when the last pod goes, and the removal has failed a few times."""
    world.desired = desired_from(POD)
    world.converge()
    world.hand.run("theirs", ContainerConfig("their:1", world.instance.network))
    world.desired = desired_from("")
    _end_pod(world)
    world.run_pass()
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
        assert plan.wake_at is not None
        assert plan.wake_at > world.clock() + 10
        _, dry = world.dry_run()
        assert dry.steps == ()


def test_a_network_that_others_keep_is_no_sync_and_is_told() -> None:
    with simulation() as world:
        _refuse_to_remove_it(world)
        assert not world.run_pass().settled
        report = render_report(*world.dry_run())
        assert report == "… network sim-pods: FailedSync: it cannot be removed: network sim-pods has active endpoints"


def test_a_network_that_others_kept_goes_when_they_have_left_it() -> None:
    with simulation() as world:
        _refuse_to_remove_it(world)
        world.hand.remove("theirs")
        wake_at = world.run_pass().wake_at
        assert wake_at is not None
        world.clock.now = wake_at
        world.run_pass()
        assert not world.engine.networks


WITH_VOLUME = """\
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  containers: [{name: main, image: "db:1", volumeMounts: [{name: data, mountPath: /data}]}]
  volumes: [{name: data, emptyDir: {}}]
"""


class WindingWake(Wake):
    """Whoever waits winds the clock to the time until which it waits."""

    def __init__(self, world: Simulation) -> None:
        super().__init__(world.clock)
        self._world = world

    def wait(self, until: float, alive: Callable[[], None] = lambda: None, every: float | None = None) -> None:  # noqa: ARG002
        self._world.clock.now = max(self._world.clock.now + 0.001, until)


def _sync(world: Simulation) -> None:
    nonces = count(1)
    deps = Deps(
        instance=world.instance,
        engine=world.engine,
        prober=world.prober,
        history=world.history,
        workers=InlineWorkers(),
        clock=world.clock,
        nonce=lambda: f"sync-{next(nonces)}",
        ring=lambda: None,
        digest_key=KEY,
    )
    converge(deps, WindingWake(world), world.desired, 300.0, lambda _plan: None)


def _keep_volume(world: Simulation) -> str:
    """A container of others mounts the volume of a pod that Git does not name any more."""
    world.desired = desired_from(WITH_VOLUME)
    world.converge()
    (volume,) = world.volumes
    world.hand.run("theirs", ContainerConfig("their:1", "host", mounts=(Mount("/x", MountKind.VOLUME, volume),)))
    world.desired = desired_from("")
    return volume


def test_a_sync_says_soon_what_others_keep_it_from_removing() -> None:
    with simulation() as world:
        volume = _keep_volume(world)
        began = world.clock()
        with pytest.raises(NotConverged, match=f"volume {volume}: FailedSync: it cannot be removed: volume .* in use"):
            _sync(world)
        assert LEFT_TO_OTHERS <= world.clock() - began < 60 + LEFT_TO_OTHERS


def test_a_sync_that_may_remove_it_in_the_end_has_reached_it() -> None:
    with simulation() as world:
        volume = _keep_volume(world)
        with pytest.raises(NotConverged):
            _sync(world)
        _, plan = world.dry_run()
        assert [str(each.subject) for each in plan.waiting] == [f"volume {volume}"]
        world.hand.remove("theirs")
        _sync(world)
        assert not world.volumes


def test_a_sync_of_pods_is_not_held_up_by_what_others_keep() -> None:
    with simulation() as world:
        _keep_volume(world)
        world.desired = desired_from(POD.replace("name: db", "name: other"))
        with pytest.raises(NotConverged, match="all that Git asks for is there, but volume"):
            _sync(world)
        assert world.find("other", "main").alive
