"""Pods on the node's own network, on the simulated engine."""

from gitpod_sync.engines.memory.engine import GATEWAY
from gitpod_sync.model.engine.container import HOST_NETWORK
from tests.support.simulation import desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  hostNetwork: true
  containers:
  - {name: main, image: "web:1", ports: [{containerPort: 80}]}
"""


def test_a_pod_on_the_node_s_network_is_reached_at_the_node_s_address() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        (state,) = world.converge().pods
        assert world.find("web").config.network == HOST_NETWORK
        assert world.find("web").config.ports == ()
        assert state.ready
        assert state.pod.address == GATEWAY


def test_a_pod_with_an_address_of_its_own_is_reached_there() -> None:
    with simulation() as world:
        world.desired = desired_from(POD.replace("hostNetwork: true", "hostNetwork: false"))
        (state,) = world.converge().pods
        assert state.pod.address == world.find("web").networks[world.instance.network]
