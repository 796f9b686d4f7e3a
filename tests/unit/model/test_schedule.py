"""When schedules come, in whichever time zone, and how clocks that are changed are read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.manifests.checks.workloads.schedules import fault_of_schedule
from gitpod_sync.model.workloads.local_time import read_local_time, render_rfc3339
from gitpod_sync.model.workloads.schedule import latest_time, next_time, parse_schedule

BERLIN, NEW_YORK, LORD_HOWE, SAO_PAULO = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
)


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def coming(written: str, zone: str, after: str, count: int) -> list[str]:
    at: float | None = epoch(after)
    found = []
    for _ in range(count):
        assert at is not None
        at = next_time(written, zone, at)
        found.append("never" if at is None else render_rfc3339(at, zone))
    return found


CASES = {
    "every minute": ("* * * * *", "2024-01-01T00:00:30", ["2024-01-01T00:01:00Z", "2024-01-01T00:02:00Z"]),
    "a time is after the one that it is": ("0 0 * * *", "2024-01-01T00:00:00", ["2024-01-02T00:00:00Z"]),
    "steps": ("*/20 * * * *", "2024-01-01T00:30:00", ["2024-01-01T00:40:00Z", "2024-01-01T01:00:00Z"]),
    "a step from a number goes on to the end": (
        "40/10 * * * *",
        "2024-01-01T00:45:00",
        ["2024-01-01T00:50:00Z", "2024-01-01T01:40:00Z"],
    ),
    "a step within a range": (
        "0 8-12/2 * * *",
        "2024-01-01T09:00:00",
        ["2024-01-01T10:00:00Z", "2024-01-01T12:00:00Z"],
    ),
    "lists": ("0 1,13 * * *", "2024-01-01T02:00:00", ["2024-01-01T13:00:00Z", "2024-01-02T01:00:00Z"]),
    "names of days": ("0 0 * * MON-wed", "2024-01-03T01:00:00", ["2024-01-08T00:00:00Z", "2024-01-09T00:00:00Z"]),
    "names of months": ("0 0 1 feb,apr *", "2024-01-01T00:00:00", ["2024-02-01T00:00:00Z", "2024-04-01T00:00:00Z"]),
    "Sunday is 0": ("0 0 * * 0", "2024-01-01T00:00:00", ["2024-01-07T00:00:00Z"]),
    "one of both days suffices": (
        "0 0 13 * fri",
        "2024-09-09T00:00:00",
        ["2024-09-13T00:00:00Z", "2024-09-20T00:00:00Z"],
    ),
    "the 13th on another day of the week": ("0 0 13 * fri", "2024-10-12T00:00:00", ["2024-10-13T00:00:00Z"]),
    "a free day of the month leaves it to the week": ("0 0 ? * fri", "2024-10-12T00:00:00", ["2024-10-18T00:00:00Z"]),
    "a step restricts a field": (
        "0 0 */10 * fri",
        "2024-10-12T00:00:00",
        ["2024-10-18T00:00:00Z", "2024-10-21T00:00:00Z"],
    ),
    "a leap day": ("0 0 29 2 *", "2024-03-01T00:00:00", ["2028-02-29T00:00:00Z"]),
    "a day that no month has": ("0 0 31 2 *", "2024-03-01T00:00:00", ["never"]),
    "yearly": ("@yearly", "2024-03-01T00:00:00", ["2025-01-01T00:00:00Z"]),
    "weekly": ("@weekly", "2024-03-01T00:00:00", ["2024-03-03T00:00:00Z"]),
    "hourly": ("@hourly", "2024-03-01T00:00:00", ["2024-03-01T01:00:00Z"]),
    "every so often": ("@every 1h30m", "2024-03-01T00:00:10", ["2024-03-01T01:30:10Z", "2024-03-01T03:00:10Z"]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_times_that_come_are_those_of_the_schedule(name: str) -> None:
    written, after, expected = CASES[name]
    assert coming(written, "UTC", after, len(expected)) == expected


CHANGES = {
    "spring in Berlin leaves out half past two": (
        "30 2 * * *",
        BERLIN,
        "2024-03-30T00:00:00",
        ["2024-03-30T02:30:00+01:00", "2024-04-01T02:30:00+02:00"],
    ),
    "autumn in Berlin has half past two twice": (
        "30 2 * * *",
        BERLIN,
        "2024-10-26T12:00:00",
        ["2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00", "2024-10-28T02:30:00+01:00"],
    ),
    "spring in New York leaves out half past two": (
        "30 2 * * *",
        NEW_YORK,
        "2024-03-09T12:00:00",
        ["2024-03-11T02:30:00-04:00"],
    ),
    "autumn in New York has half past one twice": (
        "30 1 * * *",
        NEW_YORK,
        "2024-11-03T00:00:00",
        ["2024-11-03T01:30:00-04:00", "2024-11-03T01:30:00-05:00", "2024-11-04T01:30:00-05:00"],
    ),
    "an hourly one goes on through autumn": (
        "0 * * * *",
        BERLIN,
        "2024-10-26T23:30:00",
        ["2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00", "2024-10-27T03:00:00+01:00"],
    ),
    "half an hour is changed on Lord Howe": (
        "45 1 * * *",
        LORD_HOWE,
        "2024-04-06T12:00:00",
        ["2024-04-07T01:45:00+11:00", "2024-04-07T01:45:00+10:30", "2024-04-08T01:45:00+10:30"],
    ),
    "a midnight that does not exist in Sao Paulo": (
        "0 0 * * *",
        SAO_PAULO,
        "2018-11-03T12:00:00",
        ["2018-11-05T00:00:00-02:00"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_clocks_that_are_changed_are_read_as_they_show(name: str) -> None:
    written, zone, after, expected = CHANGES[name]
    assert coming(written, zone, after, len(expected)) == expected


NUMBERS = st.sampled_from(
    ["*", "?", "0", "5", "*/7", "1-4", "2,3", "10/5", "7", "mon", "jan-mar", "60", "x", "1-", "*/0"]
)
WRITTEN = st.one_of(
    st.lists(NUMBERS, min_size=4, max_size=6).map(" ".join),
    st.sampled_from(["@daily", "@never", "@every 5m", "@every 5", "@every 1h1m1s", "@every -5m"]),
)


@given(WRITTEN)
def test_what_is_accepted_can_be_followed_and_what_is_refused_cannot(written: str) -> None:
    try:
        parse_schedule(written)
    except ValueError:
        assert fault_of_schedule(written) is not None
    else:
        assert fault_of_schedule(written) is None


FOLLOWED = st.sampled_from(
    ["*/7 * * * *", "30 2 * * *", "0 */5 * * 1-5", "15 0 1,15 * *", "@daily", "@every 7m", "* 1 * * 0"]
)
ZONES = st.sampled_from(["UTC", BERLIN, NEW_YORK, LORD_HOWE, SAO_PAULO])
AT = st.integers(int(epoch("2018-01-01T00:00:00")), int(epoch("2024-12-31T00:00:00"))).map(float)


@given(FOLLOWED, ZONES, AT)
def test_the_next_time_is_the_first_minute_that_fits(written: str, zone: str, after: float) -> None:
    found = next_time(written, zone, after)
    assert found is not None
    assert found > after
    schedule = parse_schedule(written)
    if schedule.every:
        return
    for minute in range(int(after) // 60 + 1, min(int(found) // 60 + 1, int(after) // 60 + 3000)):
        local = read_local_time(minute * 60, zone)
        fits = schedule.has_day(local) and local.hour in schedule.hours and local.minute in schedule.minutes
        assert fits == (minute * 60 == found)


@given(FOLLOWED, ZONES, AT, st.integers(0, 40 * 86_400))
def test_the_latest_time_is_the_last_that_walking_finds(written: str, zone: str, after: float, span: int) -> None:
    until = after + span
    last, at = None, next_time(written, zone, after)
    steps = 0
    while at is not None and at <= until and steps < 5000:
        last, at, steps = at, next_time(written, zone, at), steps + 1
    if steps < 5000:
        assert latest_time(written, zone, after, until) == last
