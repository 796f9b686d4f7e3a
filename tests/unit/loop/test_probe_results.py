"""What is kept of hooks and probes, and what is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitpod_sync.errors import EngineConflict, EngineUnavailable, HookFailed
from gitpod_sync.loop.memory.probe_results import ProbeResults
from gitpod_sync.model.pods.probe import ProbeKind
from gitpod_sync.model.records.health import POST_START, Health
from gitpod_sync.model.records.probing import ProbeReport
from gitpod_sync.plan.situation import HookRun
from gitpod_sync.plan.steps import Plan, ToRemember
from gitpod_sync.plan.subjects import hook_key
from gitpod_sync.status.history import History

KEY = hook_key("c1", POST_START)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    found = History(tmp_path / "state.db")
    yield found
    found.close()


def begun(history: History) -> ProbeResults:
    probe_results = ProbeResults(history)
    probe_results.begin(Plan(remember=ToRemember(hooks={KEY: HookRun(5.0)})))
    return probe_results


def test_a_good_end_and_a_bad_end_of_post_start_outlive_us(history: History) -> None:
    begun(history).finish(KEY, None, 7.0)
    assert ProbeResults(history).health == {"c1": Health(5.0, post_started_at=7.0)}
    begun(history).finish(KEY, HookFailed("exit code 3"), 8.0)
    (health,) = ProbeResults(history).health.values()
    assert (health.failed, health.failed_by) == ("postStart failed: exit code 3", "postStart")


def test_a_hook_that_the_engine_did_not_take_is_begun_again(history: History) -> None:
    probe_results = begun(history)
    probe_results.finish(KEY, EngineUnavailable("gone"), 7.0)
    assert (probe_results.hooks, probe_results.health) == ({}, {})


def test_a_container_that_ended_before_its_hook_has_failed_nothing(history: History) -> None:
    probe_results = begun(history)
    probe_results.finish(KEY, EngineConflict("it is not running"), 7.0)
    assert probe_results.health["c1"].failed == ""


def test_what_was_learnt_of_an_earlier_run_is_forgotten(history: History) -> None:
    probe_results = ProbeResults(history)
    probe_results.learn([ProbeReport("c1", 5.0, ProbeKind.STARTUP, passed=True, at=6.0)])
    probe_results.learn([ProbeReport("c1", 9.0, ProbeKind.READINESS, passed=True, at=10.0)])
    assert ProbeResults(history).health == {"c1": Health(9.0, ready_since=10.0)}


def test_a_bad_answer_that_decides_nothing_is_only_told(history: History) -> None:
    probe_results = ProbeResults(history)
    bad = ProbeReport("c1", 5.0, ProbeKind.READINESS, passed=False, at=6.0, detail="HTTP status 503", decides=False)
    probe_results.learn([bad])
    assert (probe_results.health, probe_results.unhealthy) == ({}, {"c1": "readiness probe failed: HTTP status 503"})
    probe_results.learn([ProbeReport("c1", 5.0, ProbeKind.READINESS, passed=True, at=7.0)])
    assert probe_results.unhealthy == {}


def test_a_probe_that_passes_takes_back_nothing_of_another_one(history: History) -> None:
    probe_results = ProbeResults(history)
    bad = ProbeReport("c1", 5.0, ProbeKind.READINESS, passed=False, at=6.0, detail="HTTP status 503", decides=False)
    good = ProbeReport("c1", 5.0, ProbeKind.LIVENESS, passed=True, at=7.0, decides=False)
    probe_results.learn([bad, good])
    assert probe_results.unhealthy == {"c1": "readiness probe failed: HTTP status 503"}


def test_what_is_gone_is_forgotten(history: History) -> None:
    probe_results = begun(history)
    probe_results.finish(KEY, None, 7.0)
    probe_results.tidy(set())
    assert (probe_results.health, probe_results.hooks, ProbeResults(history).health) == ({}, {}, {})
