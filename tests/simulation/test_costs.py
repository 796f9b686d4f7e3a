"""What a pass costs, counted in bytecodes, which no machine and nobody beside it changes."""

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.settings import Settings
from gitpod_sync.plan.steps import Plan
from gitpod_sync.workers import PatientWorkers
from tests.support.simulation import desired_from, simulation

if TYPE_CHECKING:
    from _typeshed import TraceFunction

REPLICAS = 4
SIZES = (10, 40, 70)
"""Workloads."""

ROOMY = Settings(node=NodeSettings(pods=1000))
DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web-{number}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web-{number}}}}}
  template:
    metadata: {{labels: {{app: web-{number}}}}}
    spec:
      containers:
      - {{name: one, image: "one:{version}", resources: {{requests: {{cpu: 1m}}}}}}
      - {{name: two, image: "two:{version}"}}
"""


def manifests(workloads: int) -> str:
    return "".join(DEPLOYMENT.format(number=number, replicas=REPLICAS, version=1) for number in range(workloads))


def with_another_version_of_first(desired: Desired) -> Desired:
    """As a commit leaves it: what is in files that it does not touch is the same as before."""
    changed = desired_from(DEPLOYMENT.format(number=0, replicas=REPLICAS, version=2))
    return replace(desired, workloads={**desired.workloads, **changed.workloads})


def bytecodes(task: Callable[[], Plan]) -> tuple[Plan, int]:
    """What comes of it, and how many are run for it."""
    counted = 0

    def trace(frame: FrameType, event: str, _: object) -> "TraceFunction":
        nonlocal counted
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        counted += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        plan = task()
    finally:
        sys.settrace(before)
    return plan, counted


@cache
def costs(workloads: int) -> tuple[int, int]:
    """Of a pass over so many workloads that are as they should be, and what is added when one of them is changed."""
    with simulation(ROOMY) as world:
        world.desired = desired_from(manifests(workloads))
        world.converge()
        world.use_workers(PatientWorkers())
        for _ in range(3):
            world.run_pass()
        plan, quiet = bytecodes(world.run_pass)
        assert plan.settled
        world.desired = with_another_version_of_first(world.desired)
        plan, changed = bytecodes(world.run_pass)
        assert plan.steps
    return quiet, changed - quiet


def test_a_pass_costs_in_proportion_to_its_pods() -> None:
    (few, _), (more, _), (most, _) = map(costs, SIZES)
    assert most - more == pytest.approx(more - few, rel=0.02)


def test_a_changed_workload_costs_the_same_among_few_and_among_many() -> None:
    (_, few), _, (_, many) = map(costs, SIZES)
    # What a new commit asks of each of the others is whether it is another, and what images it has.
    others = (many - few) / (SIZES[-1] - SIZES[0])
    assert others < few / 300


SMALL = Settings(node=NodeSettings(pods=4))
HUGE = 2**31 - 1
POD = "{metadata: {labels: {app: wide}}, spec: {containers: [{name: one, image: 'one:1'}]}}"
JOB_POD = "{spec: {restartPolicy: Never, containers: [{name: one, image: 'one:1'}]}}"
OF_APP = "selector: {matchLabels: {app: wide}}"
WIDE = {
    "Deployment": ("apps/v1", f"{{replicas: NUMBER, {OF_APP}, template: {POD}}}"),
    "Deployment, Recreate": (
        "apps/v1",
        f"{{replicas: NUMBER, {OF_APP}, template: {POD}, strategy: {{type: Recreate}}}}",
    ),
    "ReplicaSet": ("apps/v1", f"{{replicas: NUMBER, {OF_APP}, template: {POD}}}"),
    "ReplicationController": ("v1", f"{{replicas: NUMBER, selector: {{app: wide}}, template: {POD}}}"),
    "StatefulSet": ("apps/v1", f"{{replicas: NUMBER, {OF_APP}, template: {POD}}}"),
    "StatefulSet, Parallel": (
        "apps/v1",
        f"{{replicas: NUMBER, podManagementPolicy: Parallel, {OF_APP}, template: {POD}}}",
    ),
    "Job": ("batch/v1", f"{{parallelism: NUMBER, completions: NUMBER, template: {JOB_POD}}}"),
    "Job, a queue": ("batch/v1", f"{{parallelism: NUMBER, template: {JOB_POD}}}"),
    "Job, Indexed": (
        "batch/v1",
        (
            "{parallelism: 1000, completions: NUMBER, completionMode: Indexed, template: POD, "
            "successPolicy: {rules: [{succeededIndexes: 0-LAST}]}}"
        ).replace("POD", JOB_POD),
    ),
    "CronJob": (
        "batch/v1",
        (
            f"{{schedule: '* * * * *', jobTemplate: {{spec: {{parallelism: NUMBER, completions: NUMBER, "
            f"template: {JOB_POD}}}}}}}"
        ),
    ),
}
"""By kind, and by what is special about it."""

AUTOSCALED = f"""\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: wide}}
spec: {{replicas: 1, {OF_APP}, template: {POD}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: wide}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: wide}}
  minReplicas: NUMBER
  maxReplicas: {HUGE}
"""


def wide(kind: str, replicas: int) -> str:
    """A workload that wants so many pods at the same time."""
    if kind == "autoscaled":
        return AUTOSCALED.replace("NUMBER", str(replicas))
    version, spec = WIDE[kind]
    spec = spec.replace("NUMBER", str(replicas)).replace("LAST", str(replicas - 1))
    return f"---\napiVersion: {version}\nkind: {kind.partition(',')[0]}\nmetadata: {{name: wide}}\nspec: {spec}\n"


def costs_of_wide(kind: str, replicas: int) -> tuple[list[int], int]:
    """In bytecodes, of passes while pods come, when there is no more room, and after all was taken away.

    And the most memory that a dry run takes, in bytes.
    """
    steps = []
    with simulation(SMALL) as world:
        world.desired = desired_from(wide(kind, replicas))
        steps.append(bytecodes(world.run_pass)[1])
        world.clock.now += 60.0  # a schedule's first time
        for _ in range(2):
            steps += [bytecodes(world.run_pass)[1] for _ in range(3)]
            assert world.alive()
            for each in list(world.engine.containers):
                world.hand.remove(each)
        tracemalloc.start()
        world.dry_run()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return steps, most


@pytest.mark.parametrize("kind", [*WIDE, "autoscaled"])
def test_pods_that_have_no_room_cost_nothing(kind: str) -> None:
    costs_of_wide(kind, 1000)  # what is loaded and kept for good
    (few, little), (many, much) = costs_of_wide(kind, 1000), costs_of_wide(kind, HUGE)
    assert many == pytest.approx(few, rel=0.05)
    assert much == pytest.approx(little, rel=0.2)
