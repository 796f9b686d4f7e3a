"""How many pods each version of a Deployment is to have: the arithmetic, number by number."""

from dataclasses import replace

import pytest

from gitpod_sync.controllers.deployment.rolling import Bounds
from gitpod_sync.controllers.deployment.version_scale import (
    Version,
    Versions,
    advance_rollout,
    give_up,
    hold_back,
    keep_available,
    roll_versions,
    scale_versions,
)


def versions(*pods: tuple[int, int]) -> Versions:
    """Of sizes that are all there, with so many available; the oldest first."""
    return tuple(Version(f"v{number}", size, size, available) for number, (size, available) in enumerate(pods))


def sizes(found: Versions) -> list[int]:
    return [each.size for each in found]


@pytest.mark.parametrize(
    ("pods", "before", "replicas", "bounds", "expected"),
    [
        # Kubernetes' own example: 10 replicas at 3 and 2 with 5 broken ones become 15.
        ([(8, 8), (5, 0)], 13, 15, Bounds(18, 13), [11, 7]),
        ([(8, 8), (5, 0)], 13, 5, Bounds(7, 4), [4, 3]),
        # What is left over goes to the largest; of equal ones to the newer when growing, from the older when shrinking.
        ([(2, 2), (2, 2)], 4, 4, Bounds(5, 4), [2, 3]),
        ([(2, 2), (2, 2)], 4, 3, Bounds(3, 3), [1, 2]),
        ([(1, 1), (1, 1), (1, 1)], 3, 9, Bounds(10, 9), [3, 3, 4]),
        # Rounding would leave none of the available pods that are promised.
        ([(1, 1), (11, 0)], 12, 1, Bounds(2, 1), [1, 1]),
        ([(3, 3), (2, 0)], 5, 0, Bounds(1, 0), [0, 0]),
    ],
)
def test_scaling_in_the_middle_of_a_rollout_is_in_proportion(
    pods: list[tuple[int, int]], before: int, replicas: int, bounds: Bounds, expected: list[int]
) -> None:
    assert sizes(scale_versions(versions(*pods), before, bounds, replicas)) == expected


@pytest.mark.parametrize(
    ("pods", "replicas", "bounds", "expected"),
    [
        # Nothing is new yet: 3 may come beyond 10, and 2 may go.
        ([(10, 10), (0, 0)], 10, Bounds(13, 8), [8, 3]),
        # Every available new one lets an old one go.
        ([(8, 8), (5, 2)], 10, Bounds(13, 8), [6, 5]),
        # A broken version in between goes before the one that works, also where nothing may be unavailable.
        ([(3, 3), (1, 0), (0, 0)], 3, Bounds(4, 3), [3, 0, 0]),
        ([(3, 2), (1, 0), (0, 0)], 3, Bounds(4, 3), [3, 0, 0]),
        ([(2, 2), (1, 0), (0, 0)], 3, Bounds(3, 2), [2, 0, 0]),
        ([(3, 3), (0, 0), (0, 0)], 3, Bounds(4, 3), [3, 0, 1]),
        # The oldest of those that work goes first.
        ([(2, 2), (2, 2), (1, 1)], 4, Bounds(5, 4), [1, 2, 1]),
        # All is new; what there is beyond the replicas goes.
        ([(0, 0), (5, 5)], 3, Bounds(4, 3), [0, 3]),
    ],
)
def test_a_rolling_update_goes_a_step_at_a_time(
    pods: list[tuple[int, int]], replicas: int, bounds: Bounds, expected: list[int]
) -> None:
    assert sizes(roll_versions(versions(*pods), replicas, bounds)) == expected


def test_no_pod_comes_while_there_are_too_many() -> None:
    missing_one = Version("v1", size=2, standing=1, available=1)
    assert sizes(hold_back((*versions((3, 3)), missing_one), most=4)) == [3, 1]
    assert sizes(hold_back((*versions((3, 3)), missing_one), most=5)) == [3, 2]


def test_a_pod_that_was_to_go_and_is_available_meanwhile_stays_while_it_is_needed() -> None:
    old, gone = Version("v0", size=2, standing=2, available=1), Version("v1", size=0, standing=1, available=1)
    new = Version("v2", size=2, standing=1, available=0)
    assert sizes(advance_rollout((old, gone, new), 4, Bounds(4, 2))) == [1, 1, 2]
    assert sizes(advance_rollout((replace(old, available=2), gone, new), 4, Bounds(4, 2))) == [2, 0, 2]
    # While the rollout is paused there is no further step: it takes the place of a pod that is not there yet.
    assert sizes(keep_available((old, gone, new), Bounds(4, 2))) == [2, 1, 1]


def test_a_version_that_is_given_up_keeps_what_stands_and_no_more() -> None:
    missing_two = Version("v1", size=3, standing=1, available=0)
    assert sizes(give_up((missing_two, *versions((2, 2))), {"v1"})) == [1, 2]
    assert sizes(give_up((missing_two, *versions((2, 2))), set())) == [3, 2]


def test_a_rolling_update_goes_on_until_only_a_pod_can_let_it_go_further() -> None:
    lost = Version("v0", size=3, standing=0, available=0)
    new = Version("v1", size=1, standing=1, available=1)
    assert sizes(roll_versions((lost, new), 3, Bounds(4, 3))) == [2, 1]
    assert sizes(advance_rollout((lost, new), 3, Bounds(4, 3))) == [2, 2]
