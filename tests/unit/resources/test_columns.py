"""kubectl's way of writing ages."""

import pytest

from gitpod_sync.resources.columns import render_age


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (185, "3m5s"),
        (600, "10m"),
        (3600, "1h"),
        (3 * 3600 + 240, "3h4m"),
        (36_000, "10h"),
        (90_000, "1d1h"),
        (864_000, "10d"),
    ],
)
def test_an_age_has_two_units_while_it_is_small(seconds: int, expected: str) -> None:
    assert render_age(1000.0, 1000.0 + seconds) == expected


def test_what_was_never_made_has_no_age() -> None:
    assert render_age(None, 5.0) == "<none>"
