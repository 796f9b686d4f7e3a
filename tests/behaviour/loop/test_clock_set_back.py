"""The clock is set back by an hour: what would be a pause of seconds is no pause of an hour."""

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.operations.operations import Operation
from tests.support.simulation import Simulation, desired_from, simulation

HOUR = 3600.0
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: db}
spec:
  terminationGracePeriodSeconds: 30
  containers: [{name: main, image: "db:1"}]
"""

JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec:
  backoffLimit: 3
  ttlSecondsAfterFinished: 30
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "work:1"}]}}
"""


def deployment(version: int, *, steady: int = 0) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  minReadySeconds: {steady}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - {{name: one, image: "web:{version}"}}
      - {{name: two, image: "web:{version}"}}
"""


def set_back(world: Simulation) -> None:
    world.clock.now -= HOUR


def test_a_pod_stays_whose_containers_seem_to_be_older_than_its_sandbox() -> None:
    with simulation() as world:
        world.desired = desired_from(POD)
        world.engine.images.clear()
        world.run_pass()
        world.run_pass()
        set_back(world)
        world.converge()
        sandbox = world.find("db").id
        world.hand.kill(world.find("db", "main").id)
        world.converge()
        assert world.find("db").id == sandbox


@pytest.mark.parametrize("steady", [0, 20])
def test_pods_that_got_ready_before_are_available(steady: int) -> None:
    with simulation() as world:
        world.desired = desired_from(deployment(1, steady=steady))
        world.converge()
        set_back(world)
        (decision,) = world.run_pass().decisions
        assert decision.status.available == 2


def test_a_pod_that_started_before_is_asked_whether_it_is_ready() -> None:
    asked = POD.replace('"db:1"', '"db:1", readinessProbe: {exec: {command: [ask]}, periodSeconds: 2}')
    with simulation() as world:
        world.desired = desired_from(asked)
        world.run_pass()
        world.run_pass()
        set_back(world)
        world.converge(within=60)


def test_a_bad_answer_from_before_is_taken_back_by_the_first_good_one() -> None:
    probe = "{exec: {command: [ask]}, periodSeconds: 10, failureThreshold: 3}"
    with simulation() as world:
        world.desired = desired_from(POD.replace('"db:1"', f'"db:1", readinessProbe: {probe}'))
        world.converge()
        main = world.engine.containers[world.find("db", "main").id]
        main.behaviour = Behaviour(answers_well={"readiness": (1e9, None)})
        world.clock.advance(10)
        world.run_pass()
        assert [each.reason for each in world.run_pass().waiting] == ["Unhealthy"]
        main.behaviour = Behaviour()
        set_back(world)
        world.converge(within=60)
        assert not world.run_pass().waiting


def test_a_container_that_crashed_before_is_started_again() -> None:
    with simulation() as world:
        world.engine.behaviours["db:1"] = Behaviour(exits_after=2.0, exit_code=1)
        world.desired = desired_from(POD)
        for _ in range(6):
            world.run_pass()
            world.clock.advance(3)
        attempts = world.find("db", "main").labels
        set_back(world)
        world.run_pass()
        assert world.find("db", "main").labels != attempts


def test_a_job_that_waits_after_a_failure_goes_on() -> None:
    with simulation() as world:
        world.engine.behaviours["work:1"] = Behaviour(exits_after=2.0, exit_code=1)
        world.desired = desired_from(JOB)
        for _ in range(5):
            world.run_pass()
            world.clock.advance(1)
        world.engine.behaviours["work:1"] = Behaviour(exits_after=2.0)
        set_back(world)
        world.converge(within=60)
        set_back(world)
        world.run_pass()
        world.clock.advance(31)
        world.converge(within=60)
        assert not [each for each in world.engine.containers.values() if each.name.startswith("sim_")]


def test_what_failed_before_is_tried_again() -> None:
    def refuse(_operation: Operation) -> None:
        raise EngineError("no")

    with simulation() as world:
        world.desired = desired_from(POD)
        world.engine.before = refuse
        world.run_pass()
        world.run_pass()
        world.engine.before = lambda _operation: None
        set_back(world)
        world.converge(within=60)


def test_a_grace_period_that_had_begun_begins_again_and_is_not_skipped() -> None:
    with simulation() as world:
        world.engine.behaviours["db:1"] = Behaviour(ignores_term=True)
        world.desired = desired_from(POD)
        world.converge()
        world.desired = desired_from("")
        world.run_pass()
        set_back(world)
        world.run_pass()
        world.clock.advance(29)
        world.run_pass()
        assert world.alive()
        world.clock.advance(2)
        world.run_pass()
        assert not world.alive()
