"""The whole loop on the simulated engine, with hands, failures and crashes in between: it always gets there."""

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.errors import EngineError, EngineUnavailable
from gitpod_sync.model.base import labels
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.operations.operations import Operation
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation


def manifests(replicas: int, version: int, *, pod: int) -> Desired:
    """A Deployment, and unless `pod` is 0 a bare pod of that size, which a change of its size starts anew."""
    text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      volumes: [{{name: data, emptyDir: {{}}}}]
      containers:
      - {{name: one, image: "web:{version}", volumeMounts: [{{name: data, mountPath: /data}}]}}
      - {{name: two, image: "web:{version}"}}
"""
    if pod:
        text += f"""\
---
apiVersion: v1
kind: Pod
metadata: {{name: db}}
spec:
  containers:
  - name: main
    image: "db:{version}"
    ports: [{{containerPort: 1, hostPort: 5432}}]
    resources: {{limits: {{memory: {pod * 32}Mi}}}}
    resizePolicy: [{{resourceName: memory, restartPolicy: RestartContainer}}]
"""
    return desired_from(text)


HANDS = ["kill", "stop", "remove", "pause", "rename", "disconnect", "connect", "update", "restart"]
EVENTS = st.one_of(
    st.tuples(st.sampled_from(HANDS), st.integers(0, 20)),
    st.tuples(st.just("push"), st.tuples(st.integers(0, 3), st.integers(1, 2), st.integers(0, 2))),
    st.tuples(st.sampled_from(["crash", "outage", "fail", "foreign"]), st.integers(1, 3)),
    st.tuples(st.just("time"), st.sampled_from([0.5, 5.0, 31.0])),
)


def befall(world: Simulation, what: str, argument: object) -> None:
    match what, argument:
        case "push", (int(replicas), int(version), int(pod)):
            world.desired = manifests(replicas, version, pod=pod)
        case "time", float(seconds):
            world.clock.advance(seconds)
        case "crash", int(after):
            world.crash_after(after)
        case "outage", _:
            world.engine.unavailable = True
            _pass_that_may_fail(world)
            world.engine.unavailable = False
        case "fail", int(times):
            _fail(world, times)
        case "foreign", int(number):
            _run_foreign(world, number)
        case _, int(index):
            _lay_a_hand_on(world, what, index)


def _fail(world: Simulation, times: int) -> None:
    left = [times]

    def refuse(_operation: Operation) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise EngineError("no")

    world.engine.before = refuse
    _pass_that_may_fail(world)
    world.engine.before = lambda _operation: None


def _pass_that_may_fail(world: Simulation) -> None:
    try:
        world.run_pass()
    except EngineUnavailable:
        return


def _run_foreign(world: Simulation, number: int) -> None:
    name = f"foreign-{number}"
    if world.instance.network in world.engine.networks and name not in {
        each.name for each in world.engine.containers.values()
    }:
        world.hand.run(name, ContainerConfig(image="foreign:1", network=world.instance.network))


def _take_away(world: Simulation, names: set[str]) -> None:
    """The containers of these names go, and their names from the set."""
    for container in [each for each in world.engine.containers.values() if each.name in names]:
        world.hand.remove(container.id)
    names.clear()


def _lay_a_hand_on(world: Simulation, verb: str, index: int) -> None:
    ours = world.engine.observe(frozenset()).containers
    if not ours:
        return
    container = ours[index % len(ours)]
    try:
        match verb:
            case "rename":
                world.hand.rename(container.id, f"mine-{index}")
            case "disconnect":
                world.hand.disconnect(container.id, world.instance.network)
            case "connect":
                world.hand.connect(container.id, "elsewhere")
            case "update":
                world.hand.update(container.id, Limits(memory=1, cpu_shares=3))
            case "pause" | "kill" | "stop" if not container.alive:
                pass
            case _:
                getattr(world.hand, verb)(container.id)
    except EngineError:
        return  # the engine refuses that by hand too


@given(events=st.lists(EVENTS, max_size=15), final=st.tuples(st.integers(0, 3), st.integers(1, 2), st.integers(0, 2)))
@examples(300)
def test_whatever_befalls_it_converges_and_then_rests(
    events: list[tuple[str, object]], final: tuple[int, int, int]
) -> None:
    replicas, version, pod = final
    with simulation() as world:
        world.desired = manifests(2, 1, pod=1)
        world.converge()
        for what, argument in events:
            befall(world, what, argument)
            _pass_that_may_fail(world)
        foreign = {
            name for name in (each.name for each in world.engine.containers.values()) if name.startswith("foreign")
        }
        if not replicas and not pod:
            # The network goes with the last pod, and while a stranger keeps it that is told and there is no rest.
            _take_away(world, foreign)
        world.desired = manifests(replicas, version, pod=pod)
        world.converge()

        assert not world.run_pass().steps
        changes, plan = world.dry_run()
        assert not changes
        assert not plan.steps
        alive = world.alive()
        assert len(alive) == 2 * replicas + bool(pod)
        sizes = {each.config.limits.memory for each in alive if each.config.image.startswith("db")}
        assert sizes == ({pod * 32 * 1024**2} if pod else set())
        assert {each.config.image for each in alive} <= {f"web:{version}", f"db:{version}"}
        # Each pod has a volume for its termination messages, those of the Deployment one of their own as well.
        assert len(world.engine.volumes) == 2 * replicas + bool(pod)
        left = world.engine.containers.values()
        assert {each.name for each in left if labels.INSTANCE not in each.labels} == foreign
        assert all(each.alive for each in left if labels.INSTANCE not in each.labels)
