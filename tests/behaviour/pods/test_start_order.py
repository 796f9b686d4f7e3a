"""Init containers, sidecars and app containers, in their order, on the simulated engine."""

import pytest

from gitpod_sync.controllers.pod.pod_state import Phase
from gitpod_sync.controllers.shared.conditions import compute_conditions
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.resources.items import list_pods
from tests.support.simulation import Simulation, desired_from, simulation

TWO_INITS = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  restartPolicy: POLICY
  initContainers:
  - {name: first, image: "first:1"}
  - {name: second, image: "second:1"}
  containers:
  - {name: main, image: "main:1"}
"""

SIDECARS = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  restartPolicy: POLICY
  initContainers:
  - name: proxy
    image: "proxy:1"
    restartPolicy: Always
    startupProbe: {exec: {command: [check]}, periodSeconds: 1, failureThreshold: 9}
  - {name: prepare, image: "prepare:1"}
  - {name: logger, image: "logger:1", restartPolicy: Always}
  containers:
  - {name: main, image: "main:1"}
"""


def names(world: Simulation) -> list[str]:
    """Names of all containers that were ever started and are still there."""
    containers = world.engine.observe(frozenset()).containers
    started = [each for each in containers if each.started_at is not None and labels.CONTAINER in each.labels]
    return [each.labels[labels.CONTAINER] for each in sorted(started, key=lambda each: (each.created_at, each.id))]


def status(world: Simulation) -> str:
    _, plan = world.dry_run()
    (item,) = list_pods(plan)
    return item.status


def passes(world: Simulation, seconds: float = 0.0) -> None:
    """Let time pass, second by second, with passes in between, as events and timers would make them."""
    for _ in range(int(seconds)):
        world.clock.advance(1)
        for _ in range(4):
            world.run_pass()
    for _ in range(4):
        world.run_pass()


def test_each_init_container_succeeds_before_the_next_one_starts() -> None:
    with simulation() as world:
        world.engine.behaviours = {"first:1": Behaviour(exits_after=5), "second:1": Behaviour(exits_after=5)}
        world.desired = desired_from(TWO_INITS.replace("POLICY", "Always"))
        passes(world)
        assert (names(world), status(world)) == (["first"], "Init:0/2")
        passes(world, 5)
        assert (names(world), status(world)) == (["first", "second"], "Init:1/2")
        passes(world, 5)
        assert (names(world), status(world)) == (["first", "second", "main"], "Running")
        assert world.converge().settled


@pytest.mark.parametrize("policy", ["Always", "OnFailure"])
def test_an_init_container_that_fails_is_tried_again_with_back_off(policy: str) -> None:
    with simulation() as world:
        world.engine.behaviours = {"first:1": Behaviour(exits_after=1, exit_code=1)}
        world.desired = desired_from(TWO_INITS.replace("POLICY", policy))
        passes(world)
        passes(world, 1)
        assert world.find("p", "first").labels[labels.ATTEMPT] == "1"
        passes(world, 1)
        assert status(world) == "Init:CrashLoopBackOff"
        passes(world, 10)
        assert world.find("p", "first").labels[labels.ATTEMPT] == "2"
        assert set(names(world)) == {"first"}


def test_under_never_a_failed_init_container_fails_the_pod() -> None:
    with simulation() as world:
        world.engine.behaviours = {"first:1": Behaviour(exits_after=1, exit_code=3)}
        world.desired = desired_from(TWO_INITS.replace("POLICY", "Never"))
        passes(world, 30)
        plan = world.run_pass()
        assert names(world) == ["first"]
        assert [state.phase for state in plan.pods] == [Phase.FAILED]
        assert status(world) == "Init:Error"
        assert not plan.steps


def test_the_app_restarts_without_its_init_containers_and_a_new_pod_with_them() -> None:
    with simulation() as world:
        world.engine.behaviours = {"first:1": Behaviour(exits_after=1), "second:1": Behaviour(exits_after=1)}
        world.desired = desired_from(TWO_INITS.replace("POLICY", "Always"))
        world.converge()
        world.hand.kill(world.find("p", "main").id)
        world.converge()
        assert names(world) == ["first", "second", "main", "main"]
        world.hand.remove(world.find("p").id)
        passes(world, 1)
        assert "first" in names(world)
        assert not [each for each in world.alive() if each.labels[labels.CONTAINER] == "main"]
        world.converge()
        assert names(world) == ["first", "second", "main"]


def test_an_init_container_that_was_removed_after_its_work_does_not_run_again() -> None:
    with simulation() as world:
        world.engine.behaviours = {"first:1": Behaviour(exits_after=1), "second:1": Behaviour(exits_after=1)}
        world.desired = desired_from(TWO_INITS.replace("POLICY", "Always"))
        world.converge()
        for name in ("first", "second"):
            world.hand.remove(world.find("p", name).id)
        assert not world.run_pass().steps


def test_an_init_container_that_a_hand_starts_again_is_removed() -> None:
    with simulation() as world:
        world.engine.behaviours = {"first:1": Behaviour(exits_after=1), "second:1": Behaviour(exits_after=1)}
        world.desired = desired_from(TWO_INITS.replace("POLICY", "Always"))
        world.converge()
        world.hand.restart(world.find("p", "first").id)
        world.converge()
        assert names(world) == ["second", "main"]


def test_a_sidecar_has_started_before_the_next_container_does() -> None:
    with simulation() as world:
        world.engine.behaviours = {
            "proxy:1": Behaviour(answers_well={"startup": (3, None)}),
            "prepare:1": Behaviour(exits_after=2),
        }
        world.desired = desired_from(SIDECARS.replace("POLICY", "Always"))
        passes(world)
        passes(world, 2)
        assert (names(world), status(world)) == (["proxy"], "Init:0/3")
        passes(world, 1)
        assert (names(world), status(world)) == (["proxy", "prepare"], "Init:1/3")
        passes(world, 2)
        assert (names(world), status(world)) == (["proxy", "prepare", "logger", "main"], "Running")
        assert world.converge().settled


def test_a_sidecar_that_ends_is_started_again_and_holds_nobody_up() -> None:
    with simulation() as world:
        world.engine.behaviours = {"prepare:1": Behaviour(exits_after=1)}
        world.desired = desired_from(SIDECARS.replace("POLICY", "Never"))
        world.converge()
        world.hand.kill(world.find("p", "proxy").id)
        plan = world.run_pass()
        assert [str(step.subject) for step in plan.steps] == ["container proxy of pod default/p"] * 2
        (item,) = list_pods(world.run_pass())
        assert (item.ready, item.total) == (2, 3)
        world.converge()
        assert world.find("p", "proxy").alive


def test_sidecars_end_after_the_app_in_reverse_and_the_pod_completes() -> None:
    with simulation() as world:
        world.engine.behaviours = {
            "prepare:1": Behaviour(exits_after=1),
            "main:1": Behaviour(exits_after=60),
            "logger:1": Behaviour(ignores_term=True),
        }
        world.desired = desired_from(SIDECARS.replace("POLICY", "Never"))
        passes(world, 65)
        # TERM was sent to the last one, which ignores it; the first one waits for its turn.
        assert {each.labels[labels.CONTAINER] for each in world.alive()} == {"proxy", "logger"}
        (state,) = world.run_pass().pods
        assert (state.phase, state.outcome) == (Phase.RUNNING, Phase.SUCCEEDED)
        passes(world, 32)
        assert not world.alive()
        (state,) = world.run_pass().pods
        assert state.phase is Phase.SUCCEEDED
        assert status(world) == "Completed"


def test_a_deadline_ends_the_pod_for_good() -> None:
    with simulation() as world:
        world.desired = desired_from(
            TWO_INITS.replace("POLICY", "Always").replace("spec:", "spec:\n  activeDeadlineSeconds: 60", 1)
        )
        world.engine.behaviours = {"first:1": Behaviour(exits_after=1), "second:1": Behaviour(exits_after=1)}
        world.converge()
        passes(world, 55)
        assert len(world.alive()) == 1
        passes(world, 10)
        assert not world.alive()
        plan = world.run_pass()
        assert [(state.phase, state.reason) for state in plan.pods] == [(Phase.FAILED, "DeadlineExceeded")]
        assert status(world) == "DeadlineExceeded"
        assert "DeadlineExceeded" in plan.decisions[0].status.failed
        world.restarted()
        passes(world, 1000)
        assert not world.alive()


def test_a_pod_that_came_to_its_end_before_its_deadline_has_not_exceeded_it() -> None:
    with simulation() as world:
        world.engine.behaviours = {"main:1": Behaviour(exits_after=5)}
        manifest = TWO_INITS.replace("POLICY", "Never").replace("spec:", "spec:\n  activeDeadlineSeconds: 60", 1)
        world.engine.behaviours |= {"first:1": Behaviour(exits_after=1), "second:1": Behaviour(exits_after=1)}
        world.desired = desired_from(manifest)
        passes(world, 120)
        assert [(state.phase, state.reason) for state in world.run_pass().pods] == [(Phase.SUCCEEDED, "")]


def test_an_init_container_that_runs_is_not_done_yet_and_a_sidecar_that_runs_is() -> None:
    with simulation() as world:
        world.engine.behaviours["prepare:1"] = Behaviour(exits_after=60.0)
        world.desired = desired_from(SIDECARS.replace("POLICY", "Always"))
        for _ in range(5):
            world.run_pass()
            world.clock.advance(1)
        (state,) = world.run_pass().pods
        assert names(world) == ["proxy", "prepare"]
        said = {each.type: each.message for each in compute_conditions(state)}
        assert said["Initialized"] == "containers with incomplete status: [prepare logger]"
