"""When a source is fetched next."""

import pytest

from gitpod_sync.sources.schedule import compute_next_fetch
from gitpod_sync.sources.spec import SourceSpec

SPEC = SourceSpec("apps", "/x", poll=60)


@pytest.mark.parametrize(("fraction", "expected"), [(0.0, 1054.0), (0.5, 1060.0), (0.999, 1066.0)])
def test_the_poll_interval_is_spread_by_a_tenth(fraction: float, expected: float) -> None:
    assert compute_next_fetch(1000, SPEC, 0, fraction) == pytest.approx(expected, abs=0.1)


def test_failures_double_the_interval_up_to_ten_minutes() -> None:
    waits = [compute_next_fetch(0, SPEC, failures, 0.5) for failures in range(7)]
    assert waits == [60, 120, 240, 480, 600, 600, 600]


def test_a_poll_interval_above_ten_minutes_is_not_shortened_by_failures() -> None:
    assert compute_next_fetch(0, SourceSpec("apps", "/x", poll=3600), 5, 0.5) == 3600
