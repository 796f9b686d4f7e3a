"""What probes decide, on the simulated engine and its clock."""

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.resources.columns import pod_row
from gitpod_sync.resources.items import list_pods
from tests.support.simulation import Simulation, desired_from, simulation


def deployment(version: int, probes: str, replicas: int = 2) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  strategy: {{rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - name: main
        image: "web:{version}"
        {probes}
"""


READINESS = "readinessProbe: {exec: {command: [check]}, periodSeconds: 5, failureThreshold: 2}"
LIVENESS = "livenessProbe: {exec: {command: [check]}, periodSeconds: 5, failureThreshold: 3}"
STARTUP = "startupProbe: {exec: {command: [check]}, periodSeconds: 5, failureThreshold: 4}"


def passes(world: Simulation, seconds: int = 0) -> None:
    for _ in range(3):
        world.run_pass()
    for _ in range(seconds):
        world.clock.advance(1)
        for _ in range(3):
            world.run_pass()


def versions(world: Simulation) -> list[str]:
    return sorted(each.config.image for each in world.alive())


def ready_pods(world: Simulation) -> int:
    return sum(state.ready for state in world.run_pass().pods)


def test_a_container_is_not_ready_before_its_first_success() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(answers_well={"readiness": (10, None)})
        world.desired = desired_from(deployment(1, READINESS))
        passes(world, 9)
        assert ready_pods(world) == 0
        (cells, _) = (pod_row(item, world.clock()).cells for item in list_pods(world.run_pass()))
        assert cells[:2] == ("0/1", "Running")
        passes(world, 2)
        assert ready_pods(world) == 2
        assert world.run_pass().settled


def test_a_rollout_waits_for_readiness_and_a_version_that_is_never_ready_stays_alone() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1, READINESS))
        world.converge()
        world.engine.behaviours["web:2"] = Behaviour(answers_well={"readiness": (1e9, None)})
        world.desired = desired_from(deployment(2, READINESS))
        passes(world, 120)
        assert versions(world) == ["web:1", "web:1", "web:2"]
        assert ready_pods(world) == 2
        world.engine.behaviours["web:3"] = Behaviour(answers_well={"readiness": (7, None)})
        world.desired = desired_from(deployment(3, READINESS))
        world.converge()
        assert versions(world) == ["web:3", "web:3"]


def test_a_container_that_turns_unready_is_let_live() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(answers_well={"readiness": (0, 30)})
        world.desired = desired_from(deployment(1, READINESS))
        passes(world, 28)
        assert ready_pods(world) == 2
        passes(world, 12)
        assert ready_pods(world) == 0
        assert [each.labels[labels.ATTEMPT] for each in world.alive()] == ["0", "0"]


def test_a_liveness_probe_that_fails_ends_the_container_with_grace_and_counts_as_a_crash() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(answers_well={"liveness": (0, 10)}, ignores_term=True)
        world.desired = desired_from(deployment(1, LIVENESS, replicas=1))
        passes(world, 20)
        (container,) = world.alive()
        assert container.labels[labels.ATTEMPT] == "0"
        passes(world, 29)
        # It ignores TERM: it is killed when its grace period is over, and not before.
        assert [each.id for each in world.alive()] == [container.id]
        passes(world, 3)
        (successor,) = world.alive()
        assert successor.labels[labels.ATTEMPT] == "1"
        passes(world, 56)
        assert not world.alive()
        assert [item.status for item in list_pods(world.run_pass())] == ["CrashLoopBackOff"]


def test_a_probe_may_have_a_grace_period_of_its_own() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(answers_well={"liveness": (0, 1)}, ignores_term=True)
        own = LIVENESS.replace("failureThreshold: 3", "failureThreshold: 1, terminationGracePeriodSeconds: 4")
        world.desired = desired_from(deployment(1, own, replicas=1))
        passes(world, 8)
        assert [each.labels[labels.ATTEMPT] for each in world.alive()] == ["0"]
        passes(world, 3)
        assert [each.labels[labels.ATTEMPT] for each in world.alive()] == ["1"]


def test_a_startup_probe_suspends_the_others_until_it_passes() -> None:
    with simulation() as world:
        slow = {"startup": (12.0, None), "liveness": (12.0, None), "readiness": (12.0, None)}
        world.engine.behaviours["web:1"] = Behaviour(answers_well=slow)
        together = f"{STARTUP}\n        {LIVENESS}\n        {READINESS}"
        world.desired = desired_from(deployment(1, together, replicas=1))
        passes(world, 60)
        assert [each.labels[labels.ATTEMPT] for each in world.alive()] == ["0"]
        assert ready_pods(world) == 1


def test_a_startup_probe_that_never_passes_ends_the_container() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(answers_well={"startup": (1e9, None)})
        world.desired = desired_from(deployment(1, STARTUP, replicas=1))
        passes(world, 14)
        assert [each.labels[labels.ATTEMPT] for each in world.alive()] == ["0"]
        passes(world, 4)
        assert [each.labels[labels.ATTEMPT] for each in world.alive()] == ["1"]


@pytest.mark.parametrize("what", ["readiness", "liveness", "startup"])
def test_a_restart_of_ours_neither_counts_down_nor_kills(what: str) -> None:
    probes = f"{STARTUP}\n        {LIVENESS}\n        {READINESS}"
    with simulation() as world:
        world.desired = desired_from(deployment(1, probes))
        world.converge()
        before = [each.id for each in world.alive()]
        # From now on the one probe answers badly: a single answer must not be enough.
        for container in world.engine.containers.values():
            container.behaviour = Behaviour(answers_well={what: (1e9, None)})
        world.restarted()
        plan = world.run_pass()
        assert sum(state.ready for state in plan.pods) == 2
        assert not plan.steps
        passes(world, 4)
        assert ready_pods(world) == 2
        assert [each.id for each in world.alive()] == before


def test_a_dry_run_of_another_process_knows_what_is_ready() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1, READINESS))
        world.converge()
        changes, plan = world.dry_run()
        assert (changes, plan.steps) == ((), ())
        assert all(state.ready for state in plan.pods)


def test_the_first_question_comes_after_the_initial_delay() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1, READINESS.replace("{exec", "{initialDelaySeconds: 20, exec")))
        passes(world, 18)
        assert ready_pods(world) == 0
        passes(world, 3)
        assert ready_pods(world) == 2


def test_a_container_that_a_hand_restarts_has_to_prove_itself_again() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1, READINESS, replicas=1))
        world.converge()
        (container,) = world.alive()
        container_behaviour = world.engine.find(container.id)
        container_behaviour.behaviour = Behaviour(answers_well={"readiness": (10, None)})
        world.clock.advance(1)
        world.hand.restart(container.id)
        assert ready_pods(world) == 0
        passes(world, 12)
        assert ready_pods(world) == 1
        assert [each.id for each in world.alive()] == [container.id]


def test_why_a_container_is_not_ready_is_told() -> None:
    with simulation() as world:
        world.engine.behaviours["web:1"] = Behaviour(answers_well={"readiness": (1e9, None)})
        world.desired = desired_from(deployment(1, READINESS, replicas=1))
        passes(world, 10)
        plan = world.run_pass()
        assert [(each.reason, each.message) for each in plan.waiting] == [
            ("Unhealthy", "readiness probe failed: it answers badly")
        ]
        assert [item.status for item in list_pods(plan)] == ["Running"]


def test_a_bad_answer_is_forgotten_after_a_good_one() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1, READINESS, replicas=1))
        passes(world, 10)
        (container,) = world.alive()
        simulated = world.engine.containers[container.id]
        simulated.behaviour = Behaviour(answers_well={"readiness": (1e9, None)})
        passes(world, 5)
        assert world.run_pass().waiting
        simulated.behaviour = Behaviour()
        passes(world, 5)
        assert not world.run_pass().waiting
        assert ready_pods(world) == 1


def test_what_is_wrong_with_the_engine_is_an_event_of_its_node(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints = iter([("commands are late, all at once",)])
    with simulation() as world:
        monkeypatch.setattr(world.prober, "complaints", lambda: next(complaints, ()))
        passes(world)
        told = [each for each in world.history.events("") if each.event.reason == "EngineSlow"]
        assert [(each.event.about.kind, each.event.message, each.count) for each in told] == [
            ("Node", "commands are late, all at once", 1)
        ]
