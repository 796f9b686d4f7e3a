"""What follows the end of a container, policy by policy, on the simulated engine."""

from itertools import pairwise

import pytest

from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from tests.support.simulation import desired_from, simulation


def pod(policy: str) -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p}}
spec:
  restartPolicy: {policy}
  containers:
  - {{name: main, image: "web:1"}}
"""


@pytest.mark.parametrize(
    ("policy", "exit_code", "phase"),
    [
        ("Never", 0, Phase.SUCCEEDED),
        ("Never", 1, Phase.FAILED),
        ("OnFailure", 0, Phase.SUCCEEDED),
    ],
)
def test_a_pod_whose_containers_are_not_started_again_has_ended(policy: str, exit_code: int, phase: Phase) -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(exits_after=5, exit_code=exit_code)
        world.desired = desired_from(pod(policy))
        for _ in range(3):
            world.run_pass()
        world.clock.advance(3600)
        plan = world.run_pass()
        assert [state.phase for state in plan.pods] == [phase]
        assert [str(step.subject) for step in plan.steps] == ["sandbox of pod default/p"]
        plan = world.run_pass()
        assert not world.find("p").alive
        assert not plan.steps
        (decision,) = plan.decisions
        assert decision.status.complete == (phase is Phase.SUCCEEDED)
        assert bool(decision.status.failed) == (phase is Phase.FAILED)


@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_pod_that_has_ended_does_not_run_again_when_its_sandbox_stops(exit_code: int) -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(exits_after=5, exit_code=exit_code)
        world.desired = desired_from(pod("Never"))
        for _ in range(3):
            world.run_pass()
        world.clock.advance(60)
        (state,) = world.run_pass().pods
        assert state.pod.sandbox is not None
        world.hand.kill(state.pod.sandbox.name)
        plan = world.run_pass()
        assert not plan.steps
        assert [each.phase for each in plan.pods] == [state.phase]


@pytest.mark.parametrize("policy", ["Always", "OnFailure"])
def test_crashes_in_a_row_are_spaced_further_and_further(policy: str) -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(exits_after=1, exit_code=1)
        world.desired = desired_from(pod(policy))
        starts = []
        for _ in range(200):
            world.run_pass()
            container = world.engine.observe(frozenset()).containers
            starts += [each.started_at for each in container if labels.CONTAINER in each.labels and each.alive]
            world.clock.advance(1)
        moments = sorted({at for at in starts if at is not None})
        gaps = [round(later - earlier) for earlier, later in pairwise(moments)]
        assert gaps == [1, 11, 21, 41, 81]


def test_only_the_last_two_attempts_are_kept() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(exits_after=1, exit_code=1)
        world.desired = desired_from(pod("Always"))
        for _ in range(120):
            world.run_pass()
            world.clock.advance(1)
        attempts = [each for each in world.engine.observe(frozenset()).containers if labels.CONTAINER in each.labels]
        assert len(attempts) <= 2


def test_a_program_that_is_not_there_fails_a_pod_that_is_not_started_again() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(fails_to_start="no such file or directory")
        world.desired = desired_from(pod("Never"))
        for _ in range(30):
            world.run_pass()
            world.clock.advance(1)
        plan = world.run_pass()
        (state,) = plan.pods
        assert (state.phase, [each.reason for each in state.containers]) == (Phase.FAILED, ["StartError"])
        assert not plan.steps
        assert plan.decisions[0].status.failed
        assert world.find("p", "main").labels[labels.ATTEMPT] == "0"


def test_a_program_that_is_not_there_is_tried_again_like_one_that_crashes() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(fails_to_start="no such file or directory")
        world.desired = desired_from(pod("Always"))
        created = set()
        for _ in range(100):
            world.run_pass()
            created |= {
                each.created_at
                for each in world.engine.observe(frozenset()).containers
                if labels.CONTAINER in each.labels
            }
            world.clock.advance(1)
        moments = sorted(created)
        assert [round(later - earlier) for earlier, later in pairwise(moments)] == [2, 10, 20, 40]
        world.engine.behaviours.clear()
        world.converge()
