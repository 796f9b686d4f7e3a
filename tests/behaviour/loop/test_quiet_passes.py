"""What is as it was is not planned and not decided again, and whatever is different is, with nothing beside it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from gitpod_sync.controllers.decide import decide
from gitpod_sync.controllers.decision import Decision
from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base.labels import POD
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.workloads.workloads import Workload
from gitpod_sync.plan import act
from gitpod_sync.plan import decide as deciding
from gitpod_sync.plan.pods.pod import plan_kept_pod
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from tests.support.simulation import Simulation, desired_from, simulation

WORKLOADS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: "web:{version}"
        readinessProbe: {{exec: {{command: [check]}}, periodSeconds: 5, failureThreshold: 1}}
        volumeMounts: [{{name: settings, mountPath: /settings}}]
      volumes: [{{name: settings, configMap: {{name: settings}}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec: {{containers: [{{name: main, image: "db:1"}}]}}
---
{{apiVersion: v1, kind: ConfigMap, metadata: {{name: settings}}, data: {{color: {color}}}}}
"""


class Watched:
    """A world in which everything has come to rest, and who is looked at after that."""

    def __init__(self, world: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.planned: list[str] = []
        self.decided: list[str] = []

        def plan_and_tell(draft: Draft, state: PodState, situation: NodeSituation) -> None:
            self.planned.append(state.pod.identity.name)
            plan_kept_pod(draft, state, situation)

        def decide_and_tell(workload: Workload, view: WorkloadView) -> Decision:
            self.decided.append(workload.metadata.name)
            return decide(workload, view)

        monkeypatch.setattr(act, "plan_kept_pod", plan_and_tell)
        monkeypatch.setattr(deciding, "decide_workload", decide_and_tell)
        self.want()
        world.converge()
        self.rest()

    def want(self, version: int = 1, color: str = "red") -> None:
        """Git asks for this."""
        self.world.desired = desired_from(WORKLOADS.format(version=version, color=color))

    def rest(self) -> None:
        """Let some passes and probes be made, and forget who was looked at in them."""
        for _ in range(3):
            self.world.clock.advance(5)
            self.world.run_pass()
        self.planned.clear()
        self.decided.clear()

    @property
    def webs(self) -> list[str]:
        """The pods of the Deployment."""
        return [name for name in self.pods if name.startswith("web-")]

    @property
    def pods(self) -> list[str]:
        """All pods of which something runs."""
        return sorted({each.labels[POD] for each in self.world.alive()})


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    with simulation() as world:
        yield Watched(world, monkeypatch)


def test_nobody_is_looked_at_twice(watched: Watched) -> None:
    for _ in range(3):
        watched.world.clock.advance(1)
        assert not watched.world.run_pass().steps
    assert not watched.planned
    assert not watched.decided


def pause(watched: Watched) -> None:
    watched.world.hand.pause(watched.world.find(watched.webs[0], "main").id)


def kill(watched: Watched) -> None:
    watched.world.hand.stop(watched.world.find(watched.webs[0], "main").id)


def rename(watched: Watched) -> None:
    watched.world.hand.rename(watched.world.find(watched.webs[0], "main").id, "another")


def take_off_the_network(watched: Watched) -> None:
    watched.world.hand.disconnect(watched.world.find(watched.webs[0]).id, "sim-pods")


@pytest.mark.parametrize("happens", [pause, kill, rename, take_off_the_network])
def test_a_pod_that_a_hand_has_touched_is_planned_and_no_other(
    watched: Watched, happens: Callable[[Watched], None]
) -> None:
    happens(watched)
    assert watched.world.run_pass().steps
    assert set(watched.planned) == {watched.webs[0]}
    assert set(watched.decided) <= {"web"}


def test_a_pod_whose_probe_says_something_else_is_planned_and_its_workload_decided(watched: Watched) -> None:
    container = watched.world.engine.containers[watched.world.find(watched.webs[0], "main").id]
    container.behaviour = Behaviour(answers_well={"readiness": (0.0, 0.0)})
    watched.world.clock.advance(6)
    watched.world.run_pass()
    plan = watched.world.run_pass()
    assert [state.ready for state in plan.pods if state.pod.identity.name in watched.webs] == [False, True]
    assert set(watched.planned) == {watched.webs[0]}
    assert set(watched.decided) == {"web"}


def test_pods_that_mount_what_has_changed_are_planned(watched: Watched) -> None:
    watched.want(color="blue")
    assert {type(step.operation).__name__ for step in watched.world.run_pass().steps} == {"WriteFiles"}
    assert sorted(watched.planned) == watched.webs


def test_a_changed_workload_is_decided_alone(watched: Watched) -> None:
    watched.want(version=2)
    assert watched.world.run_pass().steps
    assert watched.decided == ["web"]
    assert not watched.planned


def test_a_workload_that_is_ordered_about_is_decided(watched: Watched) -> None:
    watched.world.history.give_intervention(Intervention(Key("Deployment", "default", "web"), Verb.PAUSE))
    watched.world.run_pass()
    assert watched.decided == ["web"]


def test_pods_that_git_does_not_name_any_more_are_ended(watched: Watched) -> None:
    kept = {key: each for key, each in watched.world.desired.workloads.items() if key.name == "db"}
    watched.world.desired = replace(watched.world.desired, workloads=kept)
    watched.world.converge()
    assert watched.pods == ["db-0"]


def test_everything_is_looked_at_after_the_clock_was_set_back(watched: Watched) -> None:
    watched.world.clock.now -= 1000
    watched.world.run_pass()
    assert sorted(watched.planned) == ["db-0", *watched.webs]
    assert sorted(watched.decided) == ["db", "web"]


def test_everything_is_looked_at_when_everything_is_read_again(watched: Watched) -> None:
    watched.world.reconciler.run_pass(watched.world.desired, fresh=True)
    assert sorted(watched.planned) == ["db-0", *watched.webs]
    assert sorted(watched.decided) == ["db", "web"]


def test_a_pass_that_broke_off_leaves_nothing_half_done(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    kill(watched)
    with monkeypatch.context() as broken:
        broken.setattr(act, "plan_ground", fail)
        with pytest.raises(ZeroDivisionError):
            watched.world.run_pass()
    watched.world.converge()
    assert len(watched.webs) == 2
