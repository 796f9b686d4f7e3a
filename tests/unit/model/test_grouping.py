"""Of what was seen before, and is the same, the very same pods are gathered."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.engine.observed import Observed
from gitpod_sync.model.engine.pods import Gathered
from tests.support.simulation import Simulation, desired_from, simulation

PODS = "\n---\n".join(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  hostNetwork: {host}
  containers: [{{name: main, image: "web:1", volumeMounts: [{{name: data, mountPath: /data}}]}}]
  volumes: [{{name: data, emptyDir: {{}}}}]
"""
    for name, host in (("a", "false"), ("b", "false"), ("c", "true"))
)


class Crowd:
    """What was observed, gathered again and again with one memo and beside that without."""

    def __init__(self, world: Simulation) -> None:
        self._world = world
        self._memo = Memo()
        self.observed = world.engine.observe(frozenset())

    def group_pods(self, observed: Observed | None = None) -> Gathered:
        """With the memo; it comes to the same as without."""
        found = group_pods(observed or self.observed, self._world.instance, self._memo)
        assert found == group_pods(observed or self.observed, self._world.instance)
        return found


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with simulation() as world:
        world.desired = desired_from(PODS)
        world.converge()
        yield Crowd(world)


def changed(before: Gathered, after: Gathered) -> list[str]:
    same = {id(pod) for pod in before.pods}
    return [pod.identity.name for pod in after.pods if id(pod) not in same]


def test_a_container_that_was_read_again_and_is_the_same_changes_nothing(crowd: Crowd) -> None:
    before = crowd.group_pods()
    read_again = tuple(replace(each) for each in crowd.observed.containers)
    assert changed(before, crowd.group_pods(replace(crowd.observed, containers=read_again))) == []


def test_a_container_that_is_another_changes_its_pod_alone(crowd: Crowd) -> None:
    before = crowd.group_pods()
    first, *others = crowd.observed.containers
    after = crowd.group_pods(replace(crowd.observed, containers=(replace(first, exit_code=1), *others)))
    assert changed(before, after) == ["a"]


def test_containers_without_their_sandbox_are_leftovers_until_it_is_back(crowd: Crowd) -> None:
    crowd.group_pods()
    without = [each for each in crowd.observed.containers if each.name != "sim_default_a"]
    gathered = crowd.group_pods(replace(crowd.observed, containers=tuple(without)))
    assert [pod.identity.name for pod in gathered.pods] == ["b", "c"]
    assert [leftover.orphaned for leftover in gathered.leftovers] == [True]
    assert [pod.identity.name for pod in crowd.group_pods().pods] == ["a", "b", "c"]


def test_a_volume_that_is_gone_changes_its_pod_alone(crowd: Crowd) -> None:
    before = crowd.group_pods()
    kept = tuple(each for each in crowd.observed.volumes if each.labels["gitpod-sync.io/pod"] != "b")
    assert changed(before, crowd.group_pods(replace(crowd.observed, volumes=kept))) == ["b"]


def test_a_network_with_another_gateway_changes_pods_on_the_node(crowd: Crowd) -> None:
    before = crowd.group_pods()
    network = crowd.observed.network
    assert network is not None
    after = crowd.group_pods(replace(crowd.observed, network=replace(network, gateway="10.99.0.9")))
    assert [pod.address for pod in after.pods if pod.identity.name == "c"] == ["10.99.0.9"]
    assert "c" in changed(before, after)


def test_nothing_is_left_of_what_is_gone(crowd: Crowd) -> None:
    crowd.group_pods()
    assert crowd.group_pods(replace(crowd.observed, containers=(), volumes=())) == Gathered((), (), ())
