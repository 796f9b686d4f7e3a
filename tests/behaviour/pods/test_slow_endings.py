"""The end of a pod that was decided on counts from then on, however long the calls take."""

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.workers import PatientWorkers
from tests.support.simulation import Simulation, desired_from, simulation


def deployment(version: int) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 4
  strategy: {{rollingUpdate: {{maxSurge: 0, maxUnavailable: 1}}}}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: main, image: "web:{version}"}}]}}
"""


def pods_of(engine: MemoryEngine) -> list[str]:
    return [each.id for each in engine.containers.values() if each.config.network == "sim-pods"]


def test_no_other_pod_is_ended_while_the_end_of_the_first_is_under_way() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1))
        world.converge()
        workers = PatientWorkers()
        world.use_workers(workers)
        first_to_go = _off_the_network(world)
        world.desired = desired_from(deployment(2))
        decided = world.run_pass()
        assert {step.chain for step in decided.steps} >= {first_to_go}
        # It comes back before its end has begun, and would make room for the end of another one.
        world.hand.connect(world.find_by_uid(first_to_go).id, "sim-pods")
        assert not [step for step in world.run_pass().steps if "takes its place" in step.cause]
        workers.work()
        world.run_pass()


def _off_the_network(world: Simulation) -> str:
    """A pod that is not ready, and so the first to go."""
    sandbox = pods_of(world.engine)[0]
    world.hand.disconnect(sandbox, "sim-pods")
    return world.engine.containers[sandbox].labels["gitpod-sync.io/uid"]
