"""Workloads that want more pods than the node could hold at all."""

import pytest

from gitpod_sync.cli.rollouts.messages import tell_rollout
from gitpod_sync.loop.daemon import summarize
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.settings import Settings
from gitpod_sync.model.workloads.workloads import Deployment
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.plan.steps import Plan
from gitpod_sync.resources.descriptions.workload import describe_workload
from gitpod_sync.resources.items import list_pods, list_workloads
from tests.support.simulation import Simulation, desired_from, simulation

ROOM = 4
NODE = Settings(node=NodeSettings(pods=ROOM))
HUGE = 2**31 - 1

DEPLOYMENT = """\
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
      priorityClassName: {priority}
      terminationGracePeriodSeconds: {grace}
      containers: [{{name: app, image: "app:{version}"}}]
"""
CLASSES = """\
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: much}
value: 10
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: little}
value: 1
"""


def deployment(name: str, replicas: int, priority: str = "little", version: int = 1, grace: int = 0) -> str:
    return DEPLOYMENT.format(name=name, replicas=replicas, priority=priority, version=version, grace=grace)


def settle(world: Simulation, *manifests: str) -> Plan:
    """Passes until nothing is done any more; not all of it has a place."""
    world.desired = desired_from("".join((CLASSES, *manifests)))
    return go_on(world)


def go_on(world: Simulation) -> Plan:
    for _ in range(20):
        plan = world.run_pass()
        if not plan.steps and not plan.going:
            return plan
        world.clock.now += 1.0
    raise AssertionError(plan)


def running(plan: Plan) -> dict[str, int]:
    return {decision.workload.name: decision.status.available for decision in plan.decisions}


def test_why_the_rest_has_no_place_is_told_once_with_its_number() -> None:
    with simulation(NODE) as world:
        plan = settle(world, deployment("huge", HUGE))
        assert running(plan) == {"huge": ROOM}
        (told,) = plan.waiting
        assert told.pods == HUGE - ROOM
        line = f"{told.subject} and {HUGE - ROOM - 1} more like it: Unschedulable: 0/1 nodes are available: 1 Too many"
        assert line in render_report(*world.dry_run())
        assert f"and {HUGE - ROOM - 1} more like it: Unschedulable" in summarize(plan)
        assert [item.status for item in list_pods(plan)].count("Pending") == 1
        events = [each for each in world.history.events() if each.event.reason == "FailedScheduling"]
        assert [(each.event.about.name, each.count) for each in events] == [(told.key.partition("/")[2], 1)]


def test_what_is_wanted_is_told_as_it_is() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("huge", HUGE))
        (item,) = list_workloads(world.published, "Deployment")
        assert isinstance(item.workload, Deployment)
        assert f"{HUGE} desired | {ROOM} updated | {ROOM} total" in describe_workload(item, (), world.clock())
        assert f"{ROOM} out of {HUGE} new replicas" in tell_rollout(item.workload, item.status).line
        assert f"spec.replicas: {ROOM} → {HUGE}" in render_report(*world.dry_run())


def test_nothing_is_written_down_of_pods_that_have_no_place() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("huge", HUGE))
        assert not world.history.since()


def test_room_that_appears_is_taken() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("small", 2), deployment("huge", HUGE))
        assert running(settle(world, deployment("huge", HUGE))) == {"huge": ROOM}


@pytest.mark.parametrize("name", ["a", "z"])
def test_a_small_workload_heals_before_a_huge_one_of_its_priority_gets_the_room(name: str) -> None:
    """Whatever they are named: of those that come at the same time the first in the plan's order is no better."""
    with simulation(NODE) as world:
        plan = settle(world, deployment(name, 2), deployment("huge", HUGE))
        assert running(plan) == {name: 2, "huge": 2}
        for each in [each for each in world.engine.containers.values() if each.labels[labels.POD][0] == name]:
            world.hand.remove(each.id)
        assert running(go_on(world)) == {name: 2, "huge": 2}


def test_a_small_workload_that_comes_later_waits_no_longer_than_for_the_next_place() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("huge", HUGE))
        plan = settle(world, deployment("huge", HUGE), deployment("small", 1))
        assert running(plan) == {"huge": ROOM, "small": 0}
        world.hand.remove(next(iter(world.engine.containers)))
        assert running(go_on(world)) == {"huge": ROOM - 1, "small": 1}


def test_a_more_important_workload_takes_room_from_a_huge_one() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("huge", HUGE))
        plan = settle(world, deployment("huge", HUGE), deployment("small", 3, "much"))
        assert running(plan) == {"huge": ROOM - 3, "small": 3}


def test_a_huge_workload_that_is_more_important_takes_all_the_room_and_keeps_its_promises() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("small", 3, grace=30))
        world.desired = desired_from(CLASSES + deployment("small", 3, grace=30) + deployment("huge", HUGE, "much"))
        plan = world.run_pass()
        promised = [each for each in plan.waiting if "ending default/small" in each.message]
        assert len(promised) == ROOM - 1
        assert len(world.history.since()) >= ROOM - 1
        for _ in range(50):
            plan = world.run_pass()
            world.clock.now += 1.0
        assert running(plan) == {"small": 0, "huge": ROOM}


def test_a_rollout_of_a_huge_workload_keeps_what_is_promised() -> None:
    """A quarter of the pods may be missing: with 4 of 2147483647 there is none to spare, as in Kubernetes."""
    with simulation(NODE) as world:
        settle(world, deployment("huge", HUGE))
        plan = settle(world, deployment("huge", HUGE, version=2))
        assert running(plan) == {"huge": ROOM}
        assert plan.decisions[0].status.updated == 0
        assert running(settle(world, deployment("huge", 2, version=2))) == {"huge": 2}


def test_scaling_down_from_a_huge_number_ends_only_what_is_too_much() -> None:
    with simulation(NODE) as world:
        settle(world, deployment("huge", HUGE))
        assert running(settle(world, deployment("huge", ROOM - 1))) == {"huge": ROOM - 1}


def test_pods_that_fit_are_asked_for_one_by_one() -> None:
    with simulation(NODE) as world:
        plan = settle(world, deployment("some", ROOM + 1))
        assert [each.pods for each in plan.waiting] == [1]
        assert len(world.history.since()) == 1
        assert plan.decisions[0].workload == Key("Deployment", "default", "some")
