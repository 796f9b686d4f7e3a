"""The arithmetic of rolling updates, with Kubernetes' roundings."""

import pytest

from gitpod_sync.controllers.deployment.rolling import (
    Bounds,
    Counts,
    compute_bounds,
    compute_new_to_create,
    compute_old_to_end,
)
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.workloads.workloads import RollingUpdate


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (10, "25%", "25%", Bounds(13, 8)),
        (1, "25%", "25%", Bounds(2, 1)),
        (3, 1, 0, Bounds(4, 3)),
        (3, 0, 0, Bounds(3, 2)),
        (4, "0%", "10%", Bounds(4, 3)),
        (2, 0, 5, Bounds(2, 0)),
    ],
)
def test_surge_rounds_up_and_unavailable_rounds_down(
    replicas: int, surge: int | str, unavailable: int | str, expected: Bounds
) -> None:
    rolling = RollingUpdate(IntOrPercent.from_json(surge), IntOrPercent.from_json(unavailable))
    assert compute_bounds(replicas, rolling) == expected


def test_the_worked_example_begins_as_described() -> None:
    bounds, counts = Bounds(13, 8), Counts(new=0, new_available=0, old=10, old_available=10)
    assert compute_new_to_create(10, counts, bounds) == 3
    assert compute_old_to_end(counts, bounds) == (0, 2)


def test_a_stuck_rollout_does_not_eat_the_old_version() -> None:
    counts = Counts(new=3, new_available=0, old=8, old_available=8)
    assert compute_old_to_end(counts, Bounds(13, 8)) == (0, 0)
    assert compute_new_to_create(10, counts, Bounds(13, 8)) == 2


def test_old_pods_that_are_down_go_first_and_make_room() -> None:
    counts = Counts(new=0, new_available=0, old=3, old_available=1)
    assert compute_old_to_end(counts, Bounds(4, 2)) == (1, 0)
