"""Errors that come of planning one workload, or one pod: of ours, or foreseen."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gitpod_sync.errors import ManifestError
from gitpod_sync.loop.daemon import summarize
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine import grouping
from gitpod_sync.model.engine.pods import Bearer, PodIdentity
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.plan import act, decide
from gitpod_sync.plan.pod_index import PodIndex
from gitpod_sync.plan.report import changes
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.plan.states import states
from gitpod_sync.plan.workloads import config_digests, cron_jobs, interventions
from gitpod_sync.resources.items import list_pods, list_workloads
from tests.support.simulation import Simulation, desired_from, simulation

MANIFEST = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{{name: app, image: "app:1", env: [{{name: VERSION, value: "{version}"}}]}}]
"""
CRON = """\
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: bad}
spec:
  schedule: "* * * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: "app:1"}]}}}}
"""
SECRET = "hunter2"


def deployment(name: str, replicas: int = 2, version: int = 1) -> str:
    return MANIFEST.format(name=name, replicas=replicas, version=version)


def throws(*_: object, **__: object) -> None:
    raise KeyError(SECRET)


def is_bad(thing: object) -> bool:
    """Whether it is the workload of that name, or a pod of it."""
    pod = getattr(thing, "pod", None) or getattr(thing, "bearer", thing)
    named = [getattr(pod, "identity", pod), *(getattr(thing, name, "") for name in ("key", "subject"))]
    return any("default/bad" in str(each) for each in named if isinstance(each, PodIdentity | Bearer | Key))


def for_bad(error: Callable[..., None], real: Callable[..., object]) -> Callable[..., object]:
    """The function, but for what is named `bad`."""

    def wrapped(*arguments: object, **named: object) -> object:
        if any(map(is_bad, arguments)):
            error()
        return real(*arguments, **named)

    return wrapped


@contextmanager
def defect(module: object, name: str, error: Callable[..., None] = throws) -> Iterator[None]:
    """While it lasts, a function of ours throws for what is named `bad`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, for_bad(error, getattr(module, name)))
        yield


def available(world: Simulation) -> dict[str, int]:
    return {each.workload.name: each.status.available for each in world.run_pass().decisions}


def go_on(world: Simulation, passes: int = 8) -> dict[str, int]:
    for _ in range(passes):
        world.run_pass()
        world.clock.now += 1.0
    return available(world)


def test_a_workload_that_cannot_be_decided_is_left_as_it_is_and_the_others_go_on() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        world.desired = desired_from(deployment("bad", 5) + deployment("good", 3))
        with defect(decide, "decide_workload"):
            assert go_on(world) == {"bad": 2, "good": 3}
            plan = world.run_pass()
            told = "Deployment default/bad: InternalError: a defect of gitpod-sync, please report it: KeyError in "
            assert told in render_report(*world.dry_run())
            assert told in summarize(plan)
            (item, _) = list_workloads(world.published, "Deployment")
            assert item.status.desired == 5
            assert "InternalError" in item.status.failed
            events = [each for each in world.history.events() if each.event.reason == "InternalError"]
            assert {str(each.event.about) for each in events} == {"Deployment default/bad"}
        assert go_on(world, 20) == {"bad": 5, "good": 3}


def test_containers_of_a_workload_that_cannot_be_decided_are_started_again() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad"))
        world.converge()
        with defect(decide, "decide_workload"):
            world.hand.kill(world.alive()[0].id)
            assert go_on(world) == {"bad": 2}


def test_it_is_tried_again_with_back_off_and_told_once_with_the_way_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with simulation() as world, defect(decide, "decide_workload"):
        world.desired = desired_from(deployment("bad"))
        began, tries = world.clock(), []
        for _ in range(40):
            plan = world.run_pass()
            tries += [round(world.clock() - began)] if plan.troubles else []
            assert plan.wake_at is not None
            world.clock.now += 1.0
        assert tries == [0, 1, 3, 7, 15, 31]
        told = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert sum("is left out" in record.getMessage() for record in told) == len(tries)
        assert sum("where it failed" in record.getMessage() for record in told) == 1
        assert SECRET not in caplog.text


def test_what_python_says_of_an_error_is_shown_nowhere() -> None:
    with simulation() as world, defect(decide, "decide_workload"):
        world.desired = desired_from(deployment("bad"))
        plan = world.run_pass()
        texts = [render_report(*world.dry_run()), summarize(plan), str(world.history.events())]
        assert all("KeyError" in text and SECRET not in text for text in texts)


def test_what_is_foreseen_is_told_in_its_words_and_is_no_defect(caplog: pytest.LogCaptureFixture) -> None:
    def refuses() -> None:
        raise ManifestError("`x` is not a valid quantity")

    with simulation() as world, defect(decide, "decide_workload", refuses):
        world.desired = desired_from(deployment("bad"))
        assert "Deployment default/bad: InternalError: `x` is not a valid quantity" in summarize(world.run_pass())
        assert "where it failed" not in caplog.text


def test_pods_that_cannot_be_planned_close_one_door_for_all_of_them() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad", 20) + deployment("good"))
        world.converge()
        with defect(act, "plan_kept_pod"):
            world.reconciler = world.restarted()
            plan = world.run_pass()
            assert len(plan.troubles) == 3
            assert sum(each.reason == "InternalError" for each in plan.waiting) == 20
            assert all(each.status.complete for each in plan.decisions)
            bad = [item for item in list_pods(plan) if item.name.startswith("bad")]
            assert [item.status for item in bad] == ["InternalError"] * 20


def test_a_pod_that_cannot_be_planned_can_be_ended_all_the_same() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad"))
        world.converge()
        with defect(act, "plan_kept_pod"):
            world.desired = desired_from(deployment("bad", 1))
            assert go_on(world) == {"bad": 1}


def test_a_pod_whose_state_cannot_be_told_is_not_made_a_second_time() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        there = {each.id for each in world.alive()}
        with defect(states, "compute_loss"):
            world.restarted()
            assert go_on(world) == {"bad": 0, "good": 2}
            assert {each.id for each in world.alive()} == there
        assert go_on(world, 20) == {"bad": 2, "good": 2}
        assert {each.id for each in world.alive()} == there


@pytest.mark.parametrize(("module", "name"), [(grouping, "_sort"), (PodIndex, "_add"), (PodIndex, "_settle_members")])
def test_a_workload_with_a_pod_that_cannot_be_read_or_counted_is_left_as_it_is(module: object, name: str) -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        there = {each.id for each in world.engine.observe(frozenset()).containers}
        world.desired = desired_from(deployment("bad", 5, 2) + deployment("good", 3))
        with defect(module, name):
            world.reconciler = world.restarted()
            assert go_on(world)["good"] == 3
            assert there <= {each.id for each in world.engine.observe(frozenset()).containers}
            told = [str(each) for each in world.run_pass().waiting]
            assert any("bad" in each and "InternalError" in each for each in told)
        assert go_on(world, 40) == {"bad": 5, "good": 3}


def test_a_workload_whose_template_cannot_be_completed_is_left_as_it_is() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        there = {each.id for each in world.alive()}
        world.desired = desired_from(deployment("bad", 5, 2) + deployment("good", 3))
        with defect(config_digests, "_with_digest"):
            assert go_on(world) == {"bad": 2, "good": 3}
            assert there <= {each.id for each in world.alive()}
        assert go_on(world, 40) == {"bad": 5, "good": 3}


def test_pods_that_cannot_be_read_of_a_workload_that_git_let_go_of_end_as_soon_as_they_can() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        there = {each.id for each in world.alive()}
        world.desired = desired_from("")
        with defect(grouping, "_sort"):
            world.reconciler = world.restarted()
            go_on(world)
            assert {each.id for each in world.alive()} < there
            assert world.alive()
            assert world.engine.observe(frozenset()).network is not None
        go_on(world, 40)
        assert not world.alive()


def test_a_workload_with_an_order_that_cannot_be_read_is_left_as_it_is() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        world.history.give_intervention(Intervention(Key("Deployment", "default", "bad"), Verb.PAUSE, at=world.clock()))
        world.desired = desired_from(deployment("bad", 5) + deployment("good", 3))
        with defect(interventions, "_stands"):
            assert go_on(world) == {"bad": 2, "good": 3}
            assert world.history.interventions()
        assert go_on(world, 40) == {"bad": 5, "good": 3}


def test_a_change_that_cannot_be_told_is_the_line_of_its_object_and_no_other() -> None:
    with simulation() as world:
        world.desired = desired_from(deployment("bad") + deployment("good"))
        world.converge()
        world.desired = desired_from(deployment("bad", 5) + deployment("good", 3))
        with defect(changes, "_workload_changes"):
            found, _ = world.dry_run()
        told = {each.key.name: each for each in found}
        assert [(each.path, each.new) for each in told["good"].fields] == [("spec.replicas", 3)]
        assert told["bad"].why.startswith("how it differs cannot be told: a defect of gitpod-sync")
        assert SECRET not in told["bad"].why


def test_jobs_of_a_cron_job_that_cannot_be_decided_are_kept() -> None:
    with simulation() as world:
        world.desired = desired_from(CRON)
        world.run_pass()
        world.clock.now += 60.0
        go_on(world, 3)
        there, records = {each.id for each in world.alive()}, world.history.records().keys()
        assert there
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cron_jobs, "decide_cron_job", throws)
            world.restarted()
            go_on(world, 3)
            assert {each.id for each in world.alive()} == there
            assert world.history.records().keys() == records
        go_on(world, 10)
        assert {each.id for each in world.alive()} == there


def test_an_error_that_is_nobodys_is_that_of_the_pass() -> None:
    with simulation() as world, pytest.MonkeyPatch.context() as patch:
        world.desired = desired_from(deployment("good"))
        patch.setattr(act, "plan_ground", throws)
        with pytest.raises(KeyError):
            world.run_pass()


BOMB = f"""\
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: few}}
data: {{E0: "0123456789"}}
---
apiVersion: v1
kind: Pod
metadata: {{name: bad}}
spec:
  containers:
  - name: app
    image: "app:1"
    envFrom: [{{configMapRef: {{name: few}}}}]
    env: [{", ".join(f"{{name: E{each}, value: $(E{each - 1})$(E{each - 1})}}" for each in range(1, 31))}]
"""


def test_references_that_double_each_other_are_the_reason_of_their_pod() -> None:
    with simulation() as world:
        world.desired = desired_from(BOMB + deployment("good"))
        assert go_on(world) == {"bad": 0, "good": 2}
        report = render_report(*world.dry_run())
        assert "container app of pod default/bad: CreateContainerConfigError: the variable `E14` is too long" in report
        assert len(report) < 2000
