"""What an earlier version of gitpod-sync has made and a later one finds, on the simulated engine."""

from dataclasses import replace

from gitpod_sync.model.base import labels
from gitpod_sync.model.pods.termination_messages import DEFAULT_PATH, is_message_folder
from tests.support.simulation import Simulation, desired_from, simulation

TWO = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "app:1"}]}
"""


def as_made_without_messages(sim: Simulation) -> None:
    """Every container as the versions have made it that knew no termination messages."""
    for container in sim.engine.containers.values():
        mounts = container.config.mounts
        kept = tuple(each for each in mounts if not is_message_folder(each.target) and each.target != DEFAULT_PATH)
        container.config = replace(container.config, mounts=kept)
    sim.engine.volumes.clear()


def test_pods_made_before_there_were_termination_messages_go_on() -> None:
    with simulation() as sim:
        sim.desired = desired_from(TWO)
        sim.converge()
        as_made_without_messages(sim)
        sim.clock.advance(60)
        sim.restarted()
        assert sim.run_pass().steps == ()


def test_a_container_of_such_a_pod_is_started_again_where_it_is() -> None:
    with simulation() as sim:
        sim.desired = desired_from(TWO)
        sim.converge()
        as_made_without_messages(sim)
        sim.clock.advance(60)
        sim.restarted()
        pods = {each.labels[labels.UID] for each in sim.alive()}
        for _ in range(4):
            sim.hand.kill(sim.alive()[0].id)
            sim.converge()
        assert {each.labels[labels.UID] for each in sim.alive()} == pods
