"""Which pods go when there are too many."""

import pytest

from tests.support.simulation import desired_from, simulation


def workload(kind: str, version: str, replicas: int) -> str:
    return f"""\
apiVersion: {version}
kind: {kind}
metadata: {{name: web}}
spec:
  replicas: {replicas}
  minReadySeconds: 10
  selector: {"{app: web}" if version == "v1" else "{matchLabels: {app: web}}"}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: main, image: "web:1"}}]}}
"""


@pytest.mark.parametrize(
    ("kind", "version"), [("ReplicaSet", "apps/v1"), ("ReplicationController", "v1"), ("Deployment", "apps/v1")]
)
def test_a_pod_that_is_ready_but_not_yet_available_goes_before_an_available_one(kind: str, version: str) -> None:
    with simulation() as world:
        world.desired = desired_from(workload(kind, version, 2))
        world.converge()
        oldest, *_ = sorted(world.alive(), key=lambda each: each.created_at)
        world.hand.kill(oldest.id)
        world.run_pass()
        world.run_pass()
        world.desired = desired_from(workload(kind, version, 1))
        world.converge()
        (kept,) = world.alive()
        assert kept.labels["gitpod-sync.io/pod"] != oldest.labels["gitpod-sync.io/pod"]
