"""Whatever pods use and however often it is looked: between the limits, never beyond the policies, never to and fro."""

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.workloads.autoscaling import AutoscalerRecord
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation

SCALER = Key("HorizontalPodAutoscaler", "default", "web")
KINDS = st.sampled_from(["Deployment", "StatefulSet"])
BEHAVIORS = st.sampled_from(
    [
        "",
        "behavior: {scaleDown: {stabilizationWindowSeconds: 0}}",
        "behavior: {scaleUp: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 1, periodSeconds: 30}]}}",
        "behavior: {scaleDown: {stabilizationWindowSeconds: 30, selectPolicy: Disabled}}",
    ]
)


def manifests(kind: str, least: int, most: int, behavior: str) -> str:
    return f"""\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: main, image: "web:1", resources: {{requests: {{cpu: 100m}}}}}}]
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


def in_force(world: Simulation) -> int:
    found = world.history.records()[SCALER]
    assert isinstance(found, AutoscalerRecord)
    assert found.replicas is not None
    return found.replicas


def share(world: Simulation, load: int) -> None:
    """The pods share a load of so many millicores, as far as their limits of a core go."""
    alive = world.alive()
    world.engine.cpu_use = {each.name: min(1000, load // len(alive)) for each in alive}


@examples(25)
@given(
    KINDS,
    st.integers(1, 4),
    st.integers(0, 6),
    BEHAVIORS,
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(["measure", "crash", "lose", "wait"])), max_size=12),
)
def test_it_stays_between_its_limits_whatever_happens(
    kind: str, least: int, more: int, behavior: str, history: list[tuple[int, str]]
) -> None:
    with simulation() as world:
        world.desired = desired_from(manifests(kind, least, least + more, behavior))
        world.converge()
        for load, happening in history:
            before = in_force(world)
            share(world, load)
            world.clock.now += 15
            match happening:
                case "measure":
                    world.uses.measure()
                case "crash":
                    world.restarted()
                case "lose":
                    world.lose_database()
                case _:
                    world.clock.now += 45
            world.converge()
            assert least <= in_force(world) <= least + more
            assert len(world.alive()) == in_force(world)
            if happening != "measure":
                assert in_force(world) == before


@examples(25)
@given(KINDS, st.integers(1, 3), BEHAVIORS, st.integers(1, 600), st.integers(0, 600))
def test_under_a_load_that_stays_it_comes_to_rest(kind: str, least: int, behavior: str, first: int, load: int) -> None:
    with simulation() as world:
        world.desired = desired_from(manifests(kind, least, 12, behavior))
        world.converge()
        taken = []
        for number in range(80):
            share(world, first if number < 10 else load)
            world.clock.now += 15
            world.uses.measure()
            world.converge()
            taken.append(in_force(world))
        steady = taken[10:]
        # One way only from the moment at which nothing changes any more, and then no further.
        assert steady in (sorted(steady), sorted(steady, reverse=True))
        assert len(set(taken[-30:])) == 1
