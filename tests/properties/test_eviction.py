"""Whatever the node's levels and the pods' uses do: nobody goes without need, and at most one pod a look."""

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.model.records.pressure import Level, Signal
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation

MI = 1024**2
PODS = 4
TEMPLATE = """{metadata: {labels: {app: web}}, spec: {containers: [
  {name: main, image: "web:1", resources: {requests: {memory: 50Mi}}}]}}"""
MANIFESTS = "---\n".join(
    f"""\
apiVersion: {"v1" if kind == "Pod" else "apps/v1"}
kind: {kind}
metadata: {{name: {name}}}
spec: {spec}
"""
    for kind, name, spec in (
        ("Pod", "bare", '{containers: [{name: main, image: "web:1"}]}'),
        ("Pod", "asks", '{containers: [{name: main, image: "web:1", resources: {requests: {memory: 100Mi}}}]}'),
        (
            "Deployment",
            "web",
            f"{{replicas: 2, selector: {{matchLabels: {{app: web}}}}, template: {TEMPLATE}}}",
        ),
    )
)

looks = st.lists(
    st.tuples(
        st.sampled_from(["well", "memory", "disk", "both"]),
        st.lists(st.integers(0, 200), min_size=PODS, max_size=PODS),
        st.sampled_from([1.0, 10.0, 310.0]),
        st.booleans(),
    ),
    max_size=8,
)


def stones(world: Simulation) -> set[str]:
    """UIDs of pods that bear the mark."""
    return {name for each in world.engine.containers.values() if (name := each.name).endswith("_evicted")}


def set_levels(world: Simulation, short: str) -> None:
    memory, disk = short in {"memory", "both"}, short in {"disk", "both"}
    world.engine.levels[Signal.MEMORY_AVAILABLE] = Level((50 if memory else 8000) * MI, 16_000 * MI)
    world.engine.levels[Signal.NODEFS_AVAILABLE] = Level((5 if disk else 80) * MI, 100 * MI)


@examples(60)
@given(looks)
def test_at_most_one_pod_goes_a_look_and_nobody_while_the_node_is_well(
    told: list[tuple[str, list[int], float, bool]],
) -> None:
    with simulation() as world:
        world.desired = desired_from(MANIFESTS)
        world.converge()
        for short, amounts, seconds, crash in told:
            set_levels(world, short)
            for container, amount in zip(world.alive(), amounts, strict=False):
                world.engine.memory_use[container.name] = amount * MI
            if crash:
                world.restarted()
                world.run_pass()
            world.watch.look()
            made: set[str] = set()
            known = stones(world)
            for _ in range(4):
                world.run_pass()
                made |= stones(world) - known
            assert len(made) <= (short != "well")
            world.clock.advance(seconds)


@examples(30)
@given(st.lists(st.integers(0, 200), min_size=PODS, max_size=PODS))
def test_a_pod_within_its_request_stays_while_another_is_above_its_own(amounts: list[int]) -> None:
    with simulation() as world:
        world.desired = desired_from(MANIFESTS)
        world.converge()
        used = dict(zip([each.name for each in world.alive()], amounts, strict=True))
        requests = {each.name: _request(each.name) for each in world.alive()}
        world.engine.memory_use.update({name: amount * MI for name, amount in used.items()})
        set_levels(world, "memory")
        world.watch.look()
        before = {each.name for each in world.alive()}
        world.run_pass()
        (gone,) = before - {each.name for each in world.alive()}
        assert used[gone] > requests[gone] or all(used[each] <= requests[each] for each in before)


@examples(20)
@given(st.integers(1, 5))
def test_all_is_as_git_asks_again_when_the_node_has_been_well_for_long(short_looks: int) -> None:
    with simulation() as world:
        world.desired = desired_from(MANIFESTS)
        world.converge()
        for _ in range(short_looks):
            set_levels(world, "both")
            world.watch.look()
            world.run_pass()
            world.clock.advance(10)
        set_levels(world, "well")
        world.clock.advance(301)
        world.watch.look()
        world.converge()
        assert len(world.alive()) == PODS
        assert not world.run_pass().steps


def _request(container: str) -> int:
    return 100 if "_asks_" in container else 0 if "_bare_" in container else 50
