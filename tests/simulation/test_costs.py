"""What a pass costs, counted in bytecodes, which no machine and nobody beside it changes."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from gitpod_sync.execute.workers import PatientWorkers
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.node import NodeSettings
from gitpod_sync.model.settings import Settings
from gitpod_sync.plan.steps import Plan
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
