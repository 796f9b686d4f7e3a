"""The back-off of crashing containers, with Kubernetes' numbers."""

import pytest

from gitpod_sync.controllers.pod.restarts import backoff_delay, restart_due_at, restarts_after
from gitpod_sync.model.base.labels import BACKOFF
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.pods.pod import RestartPolicy


def ended(*, backoff: int, ran_for: float, exit_code: int = 1) -> ObservedContainer:
    return ObservedContainer(
        id="c",
        name="c",
        config=ContainerConfig(image="i", network="n", labels={BACKOFF: str(backoff)}),
        status=ContainerStatus.EXITED,
        started_at=1000.0,
        finished_at=1000.0 + ran_for,
        exit_code=exit_code,
    )


def test_delays_double_from_ten_seconds_to_five_minutes() -> None:
    assert [backoff_delay(count) for count in range(9)] == [0, 10, 20, 40, 80, 160, 300, 300, 300]


def test_the_first_crash_restarts_at_once() -> None:
    assert restart_due_at(ended(backoff=0, ran_for=5)) == 1005.0


def test_a_later_crash_waits() -> None:
    assert restart_due_at(ended(backoff=2, ran_for=5)) == 1005.0 + 20.0


def test_ten_good_minutes_reset_the_count() -> None:
    assert restart_due_at(ended(backoff=5, ran_for=600)) == 1600.0


@pytest.mark.parametrize(
    ("policy", "exit_code", "expected"),
    [
        (RestartPolicy.ALWAYS, 0, True),
        (RestartPolicy.ALWAYS, 1, True),
        (RestartPolicy.ON_FAILURE, 0, False),
        (RestartPolicy.ON_FAILURE, 1, True),
        (RestartPolicy.NEVER, 1, False),
    ],
)
def test_the_policy_decides_what_follows_an_end(policy: RestartPolicy, exit_code: int, *, expected: bool) -> None:
    assert restarts_after(ended(backoff=0, ran_for=1, exit_code=exit_code), policy) is expected
