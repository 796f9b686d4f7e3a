"""A Deployment that is recreated never has two versions at once, whatever comes between."""

from gitpod_sync.errors import EngineError
from gitpod_sync.operations.operations import Operation, RenameContainer
from tests.support.simulation import Simulation, desired_from, simulation


def deployment(image: str, *, paused: bool = False) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 3
  paused: {str(paused).lower()}
  strategy: {{type: Recreate}}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: main, image: "{image}"}}]}}
"""


def refuse_ends(operation: Operation) -> None:
    if isinstance(operation, RenameContainer):
        raise EngineError("not now")


def images(world: Simulation) -> set[str]:
    return {each.config.image for each in world.alive()}


def settle(world: Simulation) -> None:
    """A minute of passes: the old pods are mended or ended, the new ones come."""
    for _ in range(60):
        world.run_pass()
        assert len(images(world)) <= 1
        world.clock.advance(1)


def test_a_pause_between_two_versions_keeps_them_apart() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("web:1"))
        world.converge()
        world.engine.before = refuse_ends
        world.desired = desired_from(deployment("web:2"))
        world.run_pass()
        world.desired = desired_from(deployment("web:2", paused=True))
        settle(world)
        world.engine.before = lambda _operation: None
        settle(world)
        assert images(world) == {"web:2"}
        assert len(world.alive()) == 3
