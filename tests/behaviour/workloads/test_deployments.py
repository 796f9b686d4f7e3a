"""Deployments on the simulated engine: paused, failed, rolled back, undone, restarted, scaled in the middle."""

from collections import Counter
from collections.abc import Iterator

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import object_hash, template_hash
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.model.records.records import DeploymentRecord, ProgressReason
from gitpod_sync.model.workloads.workloads import Deployment
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

WEB = Key("Deployment", "default", "web")
NEVER_READY = Behaviour(answers_well={"readiness": (1e9, None)})


def manifest(image: str, *, replicas: int = 3, extra: str = "", annotation: str = "") -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {{{annotation}}}
spec:
  replicas: {replicas}
  {extra}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - name: main
        image: "{image}"
        readinessProbe: {{exec: {{command: [check]}}, periodSeconds: 1}}
"""


ROLLBACK = 'gitpod-sync.io/on-failure: "rollback"'


@pytest.fixture
def world() -> Iterator[Simulation]:
    with simulation() as found:
        found.engine.behaviours["web:broken"] = NEVER_READY
        yield found


def push(world: Simulation, text: str) -> None:
    world.desired = desired_from(text)


def settle(world: Simulation, seconds: float = 60.0) -> Plan:
    """Passes for so long, whether or not there is anything to do."""
    until = world.clock() + seconds
    while True:
        plan = world.run_pass()
        if plan.steps:
            continue
        times = [at for at in (plan.wake_at, world.engine.next_end) if at is not None]
        upcoming = min([until, *times])
        if upcoming >= until:
            world.clock.now = until
            return world.run_pass()
        world.clock.now = max(world.clock.now + 0.001, upcoming)


def images(world: Simulation) -> dict[str, int]:
    return dict(Counter(each.config.image for each in world.alive()))


def record(world: Simulation) -> DeploymentRecord:
    found = world.history.records()[WEB]
    assert isinstance(found, DeploymentRecord)
    return found


def give(world: Simulation, verb: Verb, argument: str = "") -> Intervention:
    about = "" if verb is Verb.PAUSE else object_hash(world.desired.workloads[WEB])
    order = Intervention(WEB, verb, argument, world.clock(), about)
    world.history.give_intervention(order)
    return order


def reasons(world: Simulation) -> list[str]:
    return [each.event.reason for each in world.history.events() if each.event.about == WEB]


def test_a_paused_rollout_scales_and_heals_what_there_is_and_goes_on_when_resumed(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:2", replicas=4, extra="paused: true"))
    plan = settle(world)
    assert images(world) == {"web:1": 4}
    assert "paused by its manifest" in plan.decisions[0].status.held
    world.hand.remove(next(each.id for each in world.engine.containers.values() if labels.CONTAINER not in each.labels))
    settle(world)
    assert images(world) == {"web:1": 4}
    push(world, manifest("web:2", replicas=4))
    world.converge()
    assert images(world) == {"web:2": 4}


def test_a_paused_deployment_that_comes_new_makes_no_pods(world: Simulation) -> None:
    push(world, manifest("web:1", extra="paused: true"))
    settle(world)
    assert not world.alive()


def test_an_ordered_pause_holds_a_rollout_where_it_is_over_a_restart(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    order = give(world, Verb.PAUSE)
    push(world, manifest("web:2"))
    world.restarted()
    plan = settle(world, 600)
    assert images(world) == {"web:1": 3}
    assert plan.settled
    assert "rollout pause" in plan.decisions[0].status.held
    assert "its rollout is paused" in render_report(*world.dry_run())
    world.history.withdraw_interventions([order])
    world.converge()
    assert images(world) == {"web:2": 3}


def test_a_rollout_without_progress_has_failed_at_its_deadline_and_goes_on_when_it_can(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:broken", extra="progressDeadlineSeconds: 30"))
    assert not settle(world, 25).decisions[0].status.failed
    status = settle(world, 30).decisions[0].status
    assert "no progress for 30 s" in status.failed
    condition = next(each for each in status.conditions if each.type == "Progressing")
    assert (condition.status, condition.reason) == (False, "ProgressDeadlineExceeded")
    assert condition.message.endswith("has timed out progressing.")
    assert images(world) == {"web:1": 3, "web:broken": 1}
    assert reasons(world).count("ProgressDeadlineExceeded") == 1
    push(world, manifest("web:2"))
    world.converge()
    assert images(world) == {"web:2": 3}


def test_a_crash_that_comes_again_is_no_progress(world: Simulation) -> None:
    world.engine.behaviours["web:crashing"] = Behaviour(exits_after=3.0, exit_code=1)
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:crashing", extra="minReadySeconds: 10\n  progressDeadlineSeconds: 60"))
    assert "no progress" in settle(world, 200).decisions[0].status.failed


def test_a_container_that_breaks_later_is_no_failed_rollout(world: Simulation) -> None:
    world.engine.behaviours["web:2"] = Behaviour(answers_well={"readiness": (0.0, 100.0)})
    push(world, manifest("web:2", extra="progressDeadlineSeconds: 30"))
    settle(world, 50)
    status = settle(world, 600).decisions[0].status
    assert status.available == 0
    assert not status.failed


def test_a_failed_rollout_returns_to_the_last_good_revision_and_is_not_tried_again(world: Simulation) -> None:
    push(world, manifest("web:1", annotation=ROLLBACK))
    world.converge()
    broken = manifest("web:broken", annotation=ROLLBACK, extra="progressDeadlineSeconds: 30")
    push(world, broken)
    plan = settle(world, 300)
    assert images(world) == {"web:1": 3}
    status = plan.decisions[0].status
    assert "was rolled back to revision 3" in status.failed
    assert not status.complete
    assert not status.recovering
    assert reasons(world).count("RolledBack") == 1
    world.restarted()
    assert not settle(world, 900).steps
    assert images(world) == {"web:1": 3}
    report = render_report(*world.dry_run())
    assert "= Deployment default/web" in report
    assert "has failed and was rolled back" in report
    push(world, broken.replace("replicas: 3", "replicas: 2"))
    settle(world, 10)
    assert images(world) == {"web:1": 2, "web:broken": 1}


def test_what_was_rolled_back_does_not_come_when_the_node_takes_pods_again(world: Simulation) -> None:
    push(world, manifest("web:1", replicas=4, annotation=ROLLBACK))
    world.converge()
    push(world, manifest("web:2", replicas=4, annotation=ROLLBACK, extra="progressDeadlineSeconds: 30"))
    world.history.give_intervention(Intervention(NODE, Verb.DRAIN, at=world.clock()))
    settle(world, 100)
    assert not world.alive()
    assert reasons(world).count("RolledBack") == 1
    world.history.take_back(world.history.interventions() or ())
    world.run_pass()
    settle(world, 100)
    assert images(world) == {"web:1": 4}
    assert "web:2" not in world.engine.images


def test_a_rollout_that_is_paused_is_not_rolled_back_for_what_failed_before(world: Simulation) -> None:
    world.engine.behaviours["web:1"] = Behaviour(answers_well={"readiness": (0.0, 20.0)})
    push(world, manifest("web:1", annotation=ROLLBACK))
    world.converge()
    deadline = "progressDeadlineSeconds: 30"
    push(world, manifest("web:broken", annotation=ROLLBACK, extra=deadline))
    settle(world, 200)
    assert record(world).progress.reason is ProgressReason.EXCEEDED
    push(world, manifest("web:broken", annotation=ROLLBACK, extra=f"{deadline}\n  paused: true"))
    plan = settle(world, 200)
    assert reasons(world).count("RolledBack") == 1
    assert record(world).hold is None
    assert "paused by its manifest" in plan.decisions[0].status.held


def test_with_hold_a_failed_rollout_stays_and_its_old_pods_come_back_when_lost(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:broken", extra="progressDeadlineSeconds: 30"))
    settle(world, 60)
    lost = next(each for each in world.alive() if each.config.image == "web:1")
    world.hand.remove(world.find(lost.labels[labels.POD]).id)
    settle(world, 60)
    assert images(world) == {"web:1": 3, "web:broken": 1}


def test_what_has_never_been_available_has_nothing_to_return_to(world: Simulation) -> None:
    push(world, manifest("web:broken", annotation=ROLLBACK, extra="progressDeadlineSeconds: 30"))
    status = settle(world, 300).decisions[0].status
    assert status.failed
    assert "RolledBack" not in reasons(world)


def test_a_person_may_have_a_failed_version_tried_again(world: Simulation) -> None:
    push(world, manifest("web:1", annotation=ROLLBACK))
    world.converge()
    push(world, manifest("web:broken", annotation=ROLLBACK, extra="progressDeadlineSeconds: 30"))
    settle(world, 300)
    world.engine.behaviours["web:broken"] = Behaviour()
    give(world, Verb.RETRY)
    world.converge()
    assert images(world) == {"web:broken": 3}
    assert not world.history.interventions()


def test_an_undone_deployment_is_held_until_a_commit_changes_the_object(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:2"))
    world.converge()
    give(world, Verb.UNDO, record(world).revisions[0].hash)
    world.converge()
    world.restarted()
    plan = settle(world, 600)
    assert images(world) == {"web:1": 3}
    assert [each.number for each in record(world).revisions] == [2, 3]
    assert "`rollout undo` holds it at revision 3" in plan.decisions[0].status.held
    report = render_report(*world.dry_run())
    assert 'image: "web:1" → "web:2"' in report
    assert "`rollout undo` holds it" in report
    push(world, manifest("web:2", replicas=2))
    world.converge()
    assert images(world) == {"web:2": 2}
    assert not world.history.interventions()


def test_what_is_held_comes_back_as_it_is_held_when_all_of_it_is_lost(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:2"))
    world.converge()
    give(world, Verb.UNDO, record(world).revisions[0].hash)
    world.converge()
    for each in world.engine.observe(frozenset()).containers:
        world.hand.remove(each.id)
    world.restarted()
    world.converge()
    assert images(world) == {"web:1": 3}


def test_a_restart_replaces_every_pod_once_and_for_good(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    before = {each.id for each in world.alive()}
    give(world, Verb.RESTART, "2026-01-31T12:00:00Z")
    world.converge()
    after = {each.id for each in world.alive()}
    assert not before & after
    assert len(record(world).revisions) == 1
    push(world, manifest("web:1", replicas=4))
    world.converge()
    assert not world.history.interventions()
    assert after < {each.id for each in world.alive()}
    assert render_report(*world.dry_run()) == ""


def test_a_stuck_rollout_grows_in_proportion(world: Simulation) -> None:
    push(world, manifest("web:1", replicas=10))
    world.converge()
    push(world, manifest("web:broken", replicas=10))
    settle(world, 30)
    assert images(world) == {"web:1": 8, "web:broken": 5}
    push(world, manifest("web:broken", replicas=15))
    settle(world, 30)
    assert images(world) == {"web:1": 12, "web:broken": 7}


@pytest.mark.parametrize("bounds", ["{maxSurge: 1, maxUnavailable: 0}", "{maxSurge: 0, maxUnavailable: 1}"])
def test_a_fixed_commit_gets_through_a_broken_one(world: Simulation, bounds: str) -> None:
    strategy = f"strategy: {{rollingUpdate: {bounds}}}"
    push(world, manifest("web:1", extra=strategy))
    world.converge()
    push(world, manifest("web:broken", extra=strategy))
    settle(world, 60)
    push(world, manifest("web:2", extra=strategy))
    world.converge()
    assert images(world) == {"web:2": 3}


def test_only_so_many_revisions_are_kept_as_the_deployment_says(world: Simulation) -> None:
    for number in range(1, 6):
        push(world, manifest(f"web:{number}", extra="revisionHistoryLimit: 2"))
        world.converge()
    assert [each.number for each in record(world).revisions] == [3, 4, 5]


def test_a_deployment_that_is_gone_leaves_no_record(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    give(world, Verb.PAUSE)
    push(world, "")
    world.converge()
    world.run_pass()
    assert not world.history.records()
    assert not world.history.interventions()


def test_a_renamed_deployment_keeps_its_pods(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    before = {each.id for each in world.alive()}
    push(world, manifest("web:1").replace("name: web\n", "name: site\n"))
    world.converge()
    assert {each.id for each in world.alive()} == before
    world.restarted()
    assert not world.run_pass().steps
    push(world, manifest("web:2").replace("name: web\n", "name: site\n"))
    world.converge()
    assert images(world) == {"web:2": 3}


def test_a_deployment_takes_the_place_of_a_replica_set_without_a_pod_too_many(world: Simulation) -> None:
    push(world, manifest("web:1").replace("kind: Deployment", "kind: ReplicaSet"))
    world.converge()
    before = {each.id for each in world.alive()}
    push(world, manifest("web:1", replicas=2))
    plan = world.converge()
    assert {each.id for each in world.alive()} < before
    assert [str(decision.workload) for decision in plan.decisions] == ["Deployment default/web"]
    assert len(world.alive()) == 2


def test_orphans_of_another_template_go_while_the_new_ones_come(world: Simulation) -> None:
    push(world, manifest("web:1"))
    world.converge()
    push(world, manifest("web:2").replace("name: web\n", "name: site\n"))
    world.converge()
    assert images(world) == {"web:2": 3}


def test_what_a_person_has_undone_to_is_not_rolled_back_though_git_asks_for_the_same(world: Simulation) -> None:
    push(world, manifest("web:1", annotation=ROLLBACK, extra="progressDeadlineSeconds: 40"))
    world.converge()
    push(world, manifest("web:broken", annotation=ROLLBACK, extra="progressDeadlineSeconds: 40"))
    world.run_pass()
    workload = world.desired.workloads[WEB]
    assert isinstance(workload, Deployment)
    give(world, Verb.UNDO, template_hash(workload.spec.template))
    (decision,) = settle(world, 120).decisions
    assert "ProgressDeadlineExceeded" in decision.status.failed
    push(world, manifest("web:2", annotation=ROLLBACK, extra="progressDeadlineSeconds: 40"))
    settle(world, 120)
    assert images(world) == {"web:2": 3}
