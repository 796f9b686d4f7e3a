"""When a rollout goes on, when it has failed, and what is no progress."""

from dataclasses import replace

import pytest

from gitpod_sync.controllers.deployment.progress import (
    LONGEST_DEADLINE,
    Standings,
    compute_progress,
    deadline_at,
    progress_status,
)
from gitpod_sync.model.records.records import Progress, ProgressReason

BEFORE = Progress(
    version="v2", reason=ProgressReason.UPDATED, updated_at=100.0, since=50.0, updated=1, ready=3, available=3, old=3
)
NOW_SAME = Standings(version="v2", updated=1, ready=3, available=3, old=3, complete=False)


@pytest.mark.parametrize(
    ("found", "now", "reason"),
    [
        (NOW_SAME, 699.0, ProgressReason.UPDATED),
        (NOW_SAME, 700.0, ProgressReason.EXCEEDED),
        (replace(NOW_SAME, updated=2), 700.0, ProgressReason.UPDATED),
        (replace(NOW_SAME, ready=4), 700.0, ProgressReason.UPDATED),
        (replace(NOW_SAME, available=4), 700.0, ProgressReason.UPDATED),
        (replace(NOW_SAME, old=2), 700.0, ProgressReason.UPDATED),
        (replace(NOW_SAME, ready=2, available=2), 700.0, ProgressReason.EXCEEDED),
        (replace(NOW_SAME, complete=True), 700.0, ProgressReason.AVAILABLE),
        (replace(NOW_SAME, version="v3"), 700.0, ProgressReason.CREATED),
    ],
)
def test_a_rollout_fails_when_nothing_has_become_better_within_its_deadline(
    found: Standings, now: float, reason: ProgressReason
) -> None:
    assert compute_progress(BEFORE, found, 600, now, paused=False).reason is reason


def test_a_count_that_comes_back_is_no_progress() -> None:
    dipped = compute_progress(BEFORE, replace(NOW_SAME, ready=2), 600, 200.0, paused=False)
    assert compute_progress(dipped, NOW_SAME, 600, 300.0, paused=False).updated_at == 100.0


def test_a_pause_stops_the_time_and_its_end_begins_it_anew() -> None:
    paused = compute_progress(BEFORE, NOW_SAME, 600, 5000.0, paused=True)
    assert (paused.reason, progress_status(paused.reason)) == (ProgressReason.PAUSED, None)
    resumed = compute_progress(paused, NOW_SAME, 600, 9000.0, paused=False)
    assert (resumed.reason, deadline_at(resumed, 600)) == (ProgressReason.RESUMED, 9600.0)


def test_a_failed_rollout_stays_failed_over_a_pause_and_goes_on_with_the_next_progress() -> None:
    failed = compute_progress(BEFORE, NOW_SAME, 600, 700.0, paused=False)
    assert compute_progress(failed, NOW_SAME, 600, 800.0, paused=True) is failed
    better = compute_progress(failed, replace(NOW_SAME, available=4), 600, 900.0, paused=False)
    assert (better.reason, better.since) == (ProgressReason.UPDATED, 900.0)


def test_what_was_complete_once_never_fails() -> None:
    done = replace(BEFORE, reason=ProgressReason.AVAILABLE)
    assert compute_progress(done, replace(NOW_SAME, available=0), 600, 1e9, paused=False) is done
    assert deadline_at(done, 600) is None


def test_the_longest_deadline_is_none() -> None:
    assert deadline_at(BEFORE, LONGEST_DEADLINE) is None
    assert compute_progress(BEFORE, NOW_SAME, LONGEST_DEADLINE, 1e12, paused=False) is BEFORE
