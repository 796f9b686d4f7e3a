"""What a disruption budget comes to, as a table: the object, what its pods are like, and the counts."""

from dataclasses import replace

import pytest

from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.controllers.shared.budgets import BudgetStatus, compute_budget_status
from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import ObservedPod, PodIdentity
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.budgets import BudgetSpec

TEMPLATE = decode(PodTemplate, {"spec": {"containers": [{"name": "main", "image": "web:1"}]}})
WEB = Key("Deployment", "default", "web")


def pods(count: int, *, ready: int | None = None, owner: Key = WEB) -> list[PodState]:
    made = []
    for number in range(count):
        name = f"{owner.name}-{number}"
        pod = ObservedPod(PodIdentity("default", name, f"uid-{name}", owner, TEMPLATE, "hash"))
        is_ready = number < (count if ready is None else ready)
        made.append(PodState(pod=pod, phase=Phase.RUNNING, containers=(), ready_since=0.0 if is_ready else None))
    return made


@pytest.mark.parametrize(
    ("spec", "ready", "healthy", "allowed"),
    [
        ({"minAvailable": 5}, 7, 5, 2),
        ({"minAvailable": 5}, 5, 5, 0),
        ({"minAvailable": 5}, 3, 5, 0),
        ({"minAvailable": "30%"}, 7, 3, 4),
        ({"maxUnavailable": "30%"}, 7, 4, 3),
        ({"maxUnavailable": "30%"}, 6, 4, 2),
        ({"maxUnavailable": 2}, 7, 5, 2),
        ({"maxUnavailable": 9}, 7, 0, 7),
        ({"maxUnavailable": "100%"}, 7, 0, 7),
        ({"maxUnavailable": 0}, 7, 7, 0),
        ({"minAvailable": "100%"}, 7, 7, 0),
        ({}, 7, 0, 0),
    ],
)
def test_seven_pods_of_a_deployment(spec: dict[str, object], ready: int, healthy: int, allowed: int) -> None:
    found = compute_budget_status(decode(BudgetSpec, spec), pods(7, ready=ready), 0, {WEB: 7})
    assert (found.current_healthy, found.desired_healthy, found.disruptions_allowed) == (ready, healthy, allowed)
    assert found.expected_pods == (7 if spec else 0)


def test_pods_that_are_not_there_yet_are_missed() -> None:
    share = decode(BudgetSpec, {"maxUnavailable": 1})
    assert compute_budget_status(share, pods(3), 2, {WEB: 5}) == BudgetStatus(3, 4, 5)
    count = decode(BudgetSpec, {"minAvailable": 2})
    assert compute_budget_status(count, pods(3), 2, {WEB: 5}) == BudgetStatus(3, 2, 5)


def test_pods_on_their_way_out_are_healthy_no_more() -> None:
    first, second, third = pods(3)
    leaving = replace(first, pod=replace(first.pod, leaving=True))
    spec = decode(BudgetSpec, {"minAvailable": 1})
    found = compute_budget_status(spec, [leaving, second, third], 0, {WEB: 3}, {second.pod.identity.uid})
    assert (found.current_healthy, found.disruptions_allowed) == (1, 0)


def test_several_controllers_count_together_and_bare_pods_are_passed_over() -> None:
    other, alone = Key("StatefulSet", "default", "db"), Key("Pod", "default", "alone")
    states = [*pods(3), *pods(2, owner=other), *pods(1, owner=alone)]
    found = compute_budget_status(decode(BudgetSpec, {"maxUnavailable": "50%"}), states, 0, {WEB: 3, other: 2})
    assert found == BudgetStatus(6, 2, 5)


def test_a_share_of_pods_that_nobody_has_counted_lets_nothing_go() -> None:
    job = Key("Job", "default", "work")
    found = compute_budget_status(decode(BudgetSpec, {"maxUnavailable": 1}), pods(3, owner=job), 0, {})
    assert found.disruptions_allowed == 0
    assert found.failed == "Job default/work cannot be scaled: only a minAvailable that is a count fits"
    whole = compute_budget_status(decode(BudgetSpec, {"minAvailable": 1}), pods(3, owner=job), 0, {})
    assert whole.disruptions_allowed == 2
