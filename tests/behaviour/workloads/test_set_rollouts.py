"""What people order about the rollouts of StatefulSets and DaemonSets, over the whole loop, on the simulated engine."""

from collections.abc import Iterator

import pytest

from gitpod_sync.controllers.shared.rollout_target import find_intervention
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.pods.hashing import object_hash
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import DaemonSetRecord, StatefulSetRecord
from gitpod_sync.plan.report.render import render_report
from tests.support.simulation import Simulation, desired_from, simulation

NOON = "2026-01-31T12:00:00Z"
EVENING = "2026-01-31T18:00:00Z"
PARTITION = "updateStrategy: {rollingUpdate: {partition: 1}}"
ON_DELETE = "updateStrategy: {type: OnDelete}"
SURGE = "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"

KINDS = ["StatefulSet", "DaemonSet"]


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        made.engine.behaviours["web:broken"] = Behaviour(exits_after=0.0, exit_code=1)
        yield made


def manifest(kind: str, image: str, fields: str = "", annotation: str = "") -> str:
    replicas = "replicas: 3" if kind == "StatefulSet" else ""
    return f"""
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web, annotations: {{{annotation}}}}}
spec:
  {replicas}
  {fields}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers: [{{name: main, image: "{image}"}}]
"""


def push(sim: Simulation, kind: str, image: str, fields: str = "", annotation: str = "") -> None:
    sim.desired = desired_from(manifest(kind, image, fields, annotation))
    sim.converge()


def give(sim: Simulation, verb: Verb, argument: str) -> None:
    (key,) = sim.desired.workloads
    sim.history.give_intervention(
        Intervention(key, verb, argument, sim.clock(), object_hash(sim.desired.workloads[key]))
    )
    sim.converge()


def record(sim: Simulation) -> StatefulSetRecord | DaemonSetRecord:
    (key,) = sim.desired.workloads
    found = sim.history.records()[key]
    assert isinstance(found, StatefulSetRecord | DaemonSetRecord)
    return found


def images(sim: Simulation) -> set[str]:
    return {each.config.image for each in sim.alive()}


def by_pod(sim: Simulation) -> dict[str, str]:
    """The id of the container of each pod."""
    return {each.labels[labels.POD]: each.id for each in sim.alive()}


def remove_all(sim: Simulation) -> None:
    for each in sim.engine.observe(frozenset()).containers:
        sim.hand.remove(each.id)


@pytest.mark.parametrize("kind", KINDS)
def test_an_undone_set_is_held_until_a_commit_changes_the_object(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1")
    push(sim, kind, "web:2")
    give(sim, Verb.UNDO, record(sim).revisions[0].hash)
    sim.restarted()
    plan = sim.converge()
    assert images(sim) == {"web:1"}
    assert [each.number for each in record(sim).revisions] == [2, 3]
    assert "`rollout undo` holds it at revision 3" in plan.decisions[0].status.held
    report = render_report(*sim.dry_run())
    assert 'image: "web:1" → "web:2"' in report
    assert "`rollout undo` holds it" in report
    push(sim, kind, "web:2", "minReadySeconds: 1")
    assert images(sim) == {"web:2"}
    assert not sim.history.interventions()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_held_comes_back_as_it_is_held_when_all_of_it_is_lost(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1")
    push(sim, kind, "web:2")
    give(sim, Verb.UNDO, record(sim).revisions[0].hash)
    remove_all(sim)
    sim.restarted()
    sim.converge()
    assert images(sim) == {"web:1"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_undo_gets_through_a_broken_version(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1")
    sim.desired = desired_from(manifest(kind, "web:broken"))
    for _ in range(12):
        sim.run_pass()
        sim.clock.advance(3)
    give(sim, Verb.UNDO, record(sim).revisions[0].hash)
    assert images(sim) == {"web:1"}


@pytest.mark.parametrize("kind", KINDS)
def test_an_undo_to_a_revision_that_is_not_known_any_more_is_done_with(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1")
    give(sim, Verb.UNDO, "there-is-none")
    assert images(sim) == {"web:1"}
    assert not sim.history.interventions()


@pytest.mark.parametrize("kind", KINDS)
def test_a_restart_replaces_every_pod_once_and_for_good(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1")
    before = {each.id for each in sim.alive()}
    give(sim, Verb.RESTART, NOON)
    after = {each.id for each in sim.alive()}
    assert len(after) == len(before)
    assert not before & after
    assert len(record(sim).revisions) == 1
    push(sim, kind, "web:1", "minReadySeconds: 1")
    assert not sim.history.interventions()
    assert {each.id for each in sim.alive()} == after
    assert render_report(*sim.dry_run()) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_pods_that_were_restarted_stay_when_the_database_is_lost(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1")
    give(sim, Verb.RESTART, NOON)
    after = {each.id for each in sim.alive()}
    sim.lose_database()
    assert sim.converge().decisions[0].status.complete
    assert {each.id for each in sim.alive()} == after
    assert [each.number for each in record(sim).revisions] == [1]


@pytest.mark.parametrize("kind", KINDS)
def test_with_on_delete_a_restart_is_for_the_pods_that_come_next(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1", ON_DELETE)
    before = by_pod(sim)
    give(sim, Verb.RESTART, NOON)
    assert by_pod(sim) == before
    name = min(before)
    sim.hand.remove(sim.find(name).id)
    sim.converge()
    (queued_pod,) = set(by_pod(sim).items()) - set(before.items())
    assert NOON in sim.find(queued_pod[0]).labels[labels.TEMPLATE]


def test_below_the_partition_a_lost_pod_comes_back_restarted_as_all_pods_were_last(sim: Simulation) -> None:
    push(sim, "StatefulSet", "web:1")
    give(sim, Verb.RESTART, NOON)
    push(sim, "StatefulSet", "web:2", PARTITION)
    sim.hand.remove(sim.find("web-0").id)
    sim.restarted()
    sim.converge()
    template = sim.find("web-0").labels[labels.TEMPLATE]
    assert "web:1" in template
    assert NOON in template
    assert NOON not in sim.find("web-1").labels[labels.TEMPLATE]
    found = record(sim)
    assert isinstance(found, StatefulSetRecord)
    assert found.current_revision == found.revisions[0].hash


def test_a_restart_leaves_the_pods_below_the_partition(sim: Simulation) -> None:
    push(sim, "StatefulSet", "web:1", PARTITION)
    before = by_pod(sim)
    give(sim, Verb.RESTART, NOON)
    after = by_pod(sim)
    assert before["web-0"] == after["web-0"]
    assert before["web-1"] != after["web-1"]
    assert before["web-2"] != after["web-2"]
    give(sim, Verb.RESTART, EVENING)
    assert by_pod(sim)["web-0"] == before["web-0"]
    assert not {by_pod(sim)["web-1"], by_pod(sim)["web-2"]} & set(after.values())


def test_a_restart_of_a_set_that_surges_hands_over(sim: Simulation) -> None:
    push(sim, "DaemonSet", "web:1", SURGE)
    key = Key("DaemonSet", "default", "web")
    sim.history.give_intervention(Intervention(key, Verb.RESTART, NOON, sim.clock()))
    for _ in range(100):
        plan = sim.run_pass()
        assert sim.alive()
        if plan.settled:
            break
        if not plan.steps:
            times = [at for at in (plan.wake_at, sim.engine.next_end) if at is not None]
            sim.clock.now = max(sim.clock.now + 0.001, min(times))
    assert NOON in sim.find(sim.alive()[0].labels[labels.POD]).labels[labels.TEMPLATE]
    assert find_intervention(sim.history.interventions() or (), Verb.RESTART) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_revisions_have_the_commit_and_the_cause_that_brought_them(sim: Simulation, kind: str) -> None:
    push(sim, kind, "web:1", annotation='kubernetes.io/change-cause: "the first"')
    push(sim, kind, "web:2", annotation='kubernetes.io/change-cause: "the second"')
    give(sim, Verb.UNDO, record(sim).revisions[0].hash)
    assert [(each.number, each.commit, each.cause) for each in record(sim).revisions] == [
        (2, "0123abc", "the second"),
        (3, "0123abc", "the first"),
    ]
