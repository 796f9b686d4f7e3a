"""Pull policies and the back-off of failing pulls, on the simulated engine."""

from gitpod_sync.operations.operations import Operation, PullImage
from tests.support.simulation import Simulation, desired_from, simulation


def pod(image: str, policy: str = "") -> str:
    said = f"\n    imagePullPolicy: {policy}" if policy else ""
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  containers:
  - name: main
    image: {image}{said}
"""


def count_pulls(world: Simulation) -> list[str]:
    pulls: list[str] = []

    def note(operation: Operation) -> None:
        if isinstance(operation, PullImage):
            pulls.append(operation.reference)

    world.engine.before = note
    return pulls


def test_an_image_that_is_missing_is_pulled_once_for_all_pods() -> None:
    with simulation() as world:
        pulls = count_pulls(world)
        world.desired = desired_from(pod("web:1") + "---\n" + pod("web:1").replace("name: p", "name: q"))
        world.converge()
        assert pulls == ["web:1"]


def test_a_pull_that_fails_is_tried_again_after_ten_then_twenty_seconds() -> None:
    with simulation() as world:
        pulls = count_pulls(world)
        world.engine.absent.add("none:1")
        world.desired = desired_from(pod("none:1"))
        told: dict[str, str] = {}
        for _ in range(45):
            told |= {each.reason: each.message for each in world.run_pass().waiting}
            world.clock.advance(1)
        assert len(pulls) == 3
        assert told["ErrImagePull"].startswith('Failed to pull image "none:1": ')
        assert told["ImagePullBackOff"].startswith('Back-off pulling image "none:1": ')
        world.engine.absent.clear()
        world.converge()


def test_the_tag_latest_is_pulled_for_every_start() -> None:
    with simulation() as world:
        pulls = count_pulls(world)
        world.desired = desired_from(pod("web"))
        world.converge()
        assert pulls == ["web"]
        world.clock.advance(60)
        world.hand.kill(world.find("p", "main").id)
        world.converge()
        assert pulls == ["web", "web"]


def test_never_waits_for_somebody_to_bring_the_image() -> None:
    with simulation() as world:
        pulls = count_pulls(world)
        world.desired = desired_from(pod("web:1", "Never"))
        for _ in range(3):
            plan = world.run_pass()
        assert [each.reason for each in plan.waiting] == ["ErrImageNeverPull"]
        assert pulls == []
        world.engine.before = lambda _operation: None
        world.engine.pull_image(PullImage("web:1"))
        world.converge()
