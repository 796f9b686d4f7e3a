"""Changed limits of a bare pod, from the first pass to the last."""

from dataclasses import replace

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.engine.pods import attempt_of, backoff_of
from tests.support.simulation import Simulation, desired_from, simulation

MIB = 1024**2


def pod(memory: str, *, resize: str = "RestartContainer", restart: str = "Always") -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  restartPolicy: {restart}
  terminationGracePeriodSeconds: 20
  containers:
  - name: main
    image: web:1
    resources: {{limits: {{memory: {memory}}}}}
    resizePolicy: [{{resourceName: memory, restartPolicy: {resize}}}]
"""


def started(world: Simulation, **options: str) -> None:
    world.desired = desired_from(pod("64Mi", **options))
    world.converge()


def test_the_pod_stays_and_the_container_gets_other_limits() -> None:
    with simulation() as world:
        started(world, resize="NotRequired")
        before = world.find("web", "main")
        world.desired = desired_from(pod("128Mi", resize="NotRequired"))
        world.converge()
        after = world.find("web", "main")
        assert (after.id, after.config.limits.memory) == (before.id, 128 * MIB)
        assert world.dry_run()[0] == ()


def test_a_resize_is_told_as_one_and_what_a_hand_does_after_it_as_drift() -> None:
    with simulation() as world:
        started(world, resize="NotRequired")
        world.desired = desired_from(pod("128Mi", resize="NotRequired"))
        world.converge()
        world.run_pass()
        assert "Drift" not in {each.event.reason for each in world.history.events()}
        assert "ResizeCompleted" in {each.event.reason for each in world.history.events()}
        container = world.find("web", "main")
        world.hand.update(container.id, replace(container.config.limits, memory=0))
        world.converge()
        world.run_pass()
        (told,) = (each.event.message for each in world.history.events() if each.event.reason == "Drift")
        assert told == "container main: memory is 0, not 134217728; repaired by update-container"


def test_a_container_that_needs_a_restart_is_ended_and_started_with_the_other_limits() -> None:
    with simulation() as world:
        started(world)
        sandbox = world.find("web")
        world.desired = desired_from(pod("128Mi"))
        world.converge()
        first, second = world.find("web", "main", 0), world.find("web", "main")
        assert first.status is ContainerStatus.EXITED
        assert (attempt_of(second), backoff_of(second), second.config.limits.memory) == (1, 0, 128 * MIB)
        assert world.find("web").id == sandbox.id
        assert world.dry_run()[0] == ()


def test_it_starts_again_whatever_the_restart_policy_says_of_its_end() -> None:
    with simulation() as world:
        started(world, restart="OnFailure")
        world.desired = desired_from(pod("128Mi", restart="OnFailure"))
        world.run_pass()
        container = world.engine.find(world.find("web", "main").id)
        container.exit_code = 0
        world.converge()
        assert attempt_of(world.find("web", "main")) == 1


def test_one_that_ignores_its_signal_is_killed_when_the_grace_period_is_over() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
        started(world)
        world.desired = desired_from(pod("128Mi"))
        begun = world.clock()
        world.converge()
        first, second = world.find("web", "main", 0), world.find("web", "main")
        assert first.exit_code == 137
        assert first.finished_at is not None
        assert first.finished_at - begun >= 20
        assert second.config.limits.memory == 128 * MIB


def test_what_a_hand_has_changed_is_set_back_without_a_restart() -> None:
    with simulation() as world:
        started(world)
        before = world.find("web", "main")
        world.hand.update(before.id, before.config.limits.__class__(memory=32 * MIB))
        world.converge()
        assert world.find("web", "main").id == before.id
        assert world.find("web", "main").config.limits.memory == 64 * MIB


def test_a_later_crash_is_counted_as_the_first() -> None:
    with simulation() as world:
        started(world)
        world.desired = desired_from(pod("128Mi"))
        world.converge()
        world.hand.kill(world.find("web", "main").id)
        plan = world.run_pass()
        assert not plan.waiting
        assert attempt_of(world.find("web", "main")) == 2


def test_another_image_makes_another_pod() -> None:
    with simulation() as world:
        started(world)
        before = world.find("web")
        world.desired = desired_from(pod("128Mi").replace("web:1", "web:2"))
        world.converge()
        assert world.find("web").id != before.id
