"""CronJobs over the whole loop on the simulated engine: weeks of the hand-wound clock."""

from datetime import UTC, datetime

import pytest

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base.labels import INSTANTIATED, SCHEDULED_AT
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.job_records import CronJobRecord
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

KEY = Key("CronJob", "default", "tick")
GOOD, BAD, SLOW = "good:1", "bad:1", "slow:1"


def cron(spec: str, *, image: str = GOOD, jobs: str = "") -> str:
    return f"""\
apiVersion: batch/v1
kind: CronJob
metadata: {{name: tick}}
spec:
  {spec}
  jobTemplate:
    metadata: {{labels: {{of: tick}}}}
    spec:
      {jobs or "backoffLimit: 0"}
      template:
        spec: {{restartPolicy: Never, terminationGracePeriodSeconds: 1, containers: [{{name: main, image: "{image}"}}]}}
"""


def begin(world: Simulation, at: str) -> None:
    world.clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
    world.engine.behaviours |= {
        GOOD: Behaviour(exits_after=5.0),
        BAD: Behaviour(exits_after=5.0, exit_code=1),
        SLOW: Behaviour(exits_after=150.0),
    }


def wind(world: Simulation, seconds: float) -> Plan:
    """Passes whenever something happens, for so long."""
    until = world.clock() + seconds
    while True:
        plan = world.run_pass()
        if plan.steps:
            continue
        times = [at for at in (plan.wake_at, world.engine.next_end) if at is not None and at > world.clock()]
        if min(times, default=until) >= until:
            world.clock.now = until
            return world.run_pass()
        world.clock.now = min(times)


def told(world: Simulation, reason: str) -> list[str]:
    return [
        each.event.message for each in world.history.events() if each.event.about == KEY and each.event.reason == reason
    ]


def runs(world: Simulation) -> list[str]:
    """The times, as UTC, for which Jobs were made."""
    minutes = (int(message.rpartition("-")[2]) for message in told(world, "SuccessfulCreate"))
    return [datetime.fromtimestamp(minute * 60, UTC).strftime("%d %H:%M") for minute in minutes]


def record_of(plan: Plan) -> CronJobRecord:
    (record,) = (decision.record for decision in plan.decisions if decision.workload == KEY)
    assert isinstance(record, CronJobRecord)
    return record


def jobs_of(plan: Plan) -> list[str]:
    return [each.name for each in record_of(plan).jobs]


def test_a_job_is_made_at_each_time_and_belongs_to_its_minute() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:01:30")
        world.desired = desired_from(cron('schedule: "*/5 * * * *"'))
        plan = wind(world, 900)
        assert runs(world) == ["01 00:05", "01 00:10", "01 00:15"]
        assert not told(world, "FailedCreate")
        name = f"tick-{int(datetime(2024, 1, 1, 0, 15, tzinfo=UTC).timestamp()) // 60}"
        assert jobs_of(plan)[-1] == name
        (job,) = (job for key, job in plan.derived.items() if key.name == name)
        assert job.metadata.labels == {"of": "tick"}
        assert job.metadata.annotations == {SCHEDULED_AT: "2024-01-01T00:15:00Z"}
        owners = {state.pod.identity.owner for state in plan.pods}
        assert owners == set(plan.derived)


def test_three_successful_and_one_failed_job_are_kept() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"'))
        assert len(jobs_of(wind(world, 590))) == 3
        world.desired = desired_from(cron('schedule: "* * * * *"', image=BAD))
        plan = wind(world, 600)
        assert len(jobs_of(plan)) == 4
        assert len(plan.pods) == 4
        assert told(world, "SawCompletedJob")[-1].endswith("condition: Failed")


def test_weeks_of_a_nightly_job_pass_in_a_moment() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "30 2 * * *"'))
        for _ in range(8):
            wind(world, 7 * 86_400)
            # Events are kept for a week.
            assert len(runs(world)) == 7


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("Europe/Berlin", "2024-03-30T12:00:00", ["01 00:30"]),
        ("Europe/Berlin", "2024-10-26T12:00:00", ["27 00:30", "27 01:30", "28 01:30"]),
        ("America/New_York", "2024-03-09T12:00:00", ["11 06:30"]),
        ("America/New_York", "2024-11-02T12:00:00", ["03 07:30", "04 07:30"]),
    ],
)
def test_over_a_change_of_the_clocks_what_they_skip_is_skipped(zone: str, at: str, expected: list[str]) -> None:
    with simulation() as world:
        begin(world, at)
        world.desired = desired_from(cron(f'schedule: "30 2 * * *"\n  timeZone: {zone}'))
        wind(world, 2 * 86_400)
        assert runs(world) == expected


def test_of_the_runs_that_were_missed_while_down_only_the_last_is_made_up_for() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:01:30")
        world.desired = desired_from(cron('schedule: "*/5 * * * *"'))
        wind(world, 300)
        world.clock.advance(3600)
        world.restarted()
        wind(world, 60)
        assert runs(world) == ["01 00:05", "01 01:05"]


def test_a_run_that_is_too_late_for_its_deadline_is_left_out_and_told() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:01:30")
        world.desired = desired_from(cron('schedule: "0 * * * *"\n  startingDeadlineSeconds: 600'))
        world.run_pass()
        world.clock.advance(4200)
        world.restarted()
        wind(world, 60)
        assert runs(world) == []
        assert told(world, "MissSchedule") == ["Missed scheduled time to start a job: 2024-01-01T01:00:00Z"]
        wind(world, 3600)
        assert runs(world) == ["01 02:00"]


def test_forbid_waits_for_the_run_before_and_never_overlaps() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"\n  concurrencyPolicy: Forbid', image=SLOW))
        for _ in range(900):
            world.run_pass()
            assert len(world.alive()) <= 1
            world.clock.advance(1)
        # A run takes 150 s, and then the last minute that has passed is made up for.
        assert runs(world)[:3] == ["01 00:01", "01 00:03", "01 00:06"]
        assert told(world, "JobAlreadyActive")


def test_allow_lets_runs_overlap() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"', image=SLOW))
        wind(world, 170)
        assert len(world.alive()) == 3


def test_replace_ends_the_run_before() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"\n  concurrencyPolicy: Replace', image=SLOW))
        plan = wind(world, 200)
        assert len(world.alive()) == 1
        assert len(jobs_of(plan)) == 1
        assert len(runs(world)) == 3


def test_a_suspended_one_rests_and_makes_up_for_the_last_run_when_it_is_resumed() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "*/10 * * * *"\n  suspend: true'))
        plan = wind(world, 3600)
        assert runs(world) == []
        assert plan.wake_at is None
        world.desired = desired_from(cron('schedule: "*/10 * * * *"\n  suspend: false'))
        wind(world, 60)
        assert runs(world) == ["01 01:00"]


@pytest.mark.parametrize("back", [61.0, 600.0, 3600.0])
def test_a_clock_that_jumps_back_runs_no_time_twice(back: float) -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"'))
        wind(world, 600)
        world.clock.now -= back
        wind(world, back + 600)
        assert len(set(runs(world))) == len(runs(world))
        assert all(each.count == 1 for each in world.history.events() if each.event.reason == "SuccessfulCreate")


def test_a_clock_that_was_years_ahead_does_not_stop_the_schedule_for_years() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "*/5 * * * *"'))
        world.run_pass()
        world.clock.advance(10 * 365 * 86_400)
        wind(world, 60)
        world.clock.now -= 10 * 365 * 86_400
        wind(world, 900)
        assert {"01 00:05", "01 00:10", "01 00:15"} <= set(runs(world))


def test_a_new_schedule_makes_up_for_nothing_before_it_was_in_force() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "0 0 * * *"'))
        wind(world, 10 * 3600)
        world.desired = desired_from(cron('schedule: "0 9 * * *"'))
        wind(world, 3600)
        assert runs(world) == []


def test_its_jobs_go_with_it() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"', image=SLOW))
        wind(world, 100)
        world.desired = desired_from("")
        plan = wind(world, 60)
        assert not plan.pods
        assert not world.history.records()


def test_a_running_job_is_known_again_when_all_memory_is_lost_and_no_time_runs_twice() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"\n  concurrencyPolicy: Forbid', image=SLOW))
        name = jobs_of(wind(world, 60))[0]
        world.lose_database(with_finished=True)
        plan = wind(world, 20)
        assert jobs_of(plan) == [name]
        assert len(world.alive()) == 1


def test_a_change_of_the_template_is_for_the_next_run() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "*/5 * * * *"', image=SLOW))
        wind(world, 300)
        world.desired = desired_from(cron('schedule: "*/5 * * * *"', image=GOOD))
        plan = wind(world, 60)
        assert [job.spec.template.spec.containers[0].image for job in plan.derived.values()] == [SLOW]
        plan = wind(world, 300)
        assert [job.spec.template.spec.containers[0].image for job in plan.derived.values()] == [SLOW, GOOD]


def test_a_job_of_git_with_the_name_of_a_run_keeps_it() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        minute = int(world.clock()) // 60 + 1
        taken = f"""\
---
apiVersion: batch/v1
kind: Job
metadata: {{name: tick-{minute}}}
spec: {{template: {{spec: {{restartPolicy: Never, containers: [{{name: main, image: "{SLOW}"}}]}}}}}}
"""
        world.desired = desired_from(cron('schedule: "* * * * *"') + taken)
        wind(world, 60)
        assert runs(world) == []
        assert told(world, "FailedCreate") == [f"There is a Job tick-{minute} already; this time is left out"]


@pytest.mark.parametrize("suspend", ["true", "false"])
def test_a_run_that_a_person_orders_is_made_once_and_out_of_its_time(suspend: str) -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron(f'schedule: "0 0 * * *"\n  suspend: {suspend}'))
        world.run_pass()
        world.history.give_intervention(Intervention(KEY, Verb.RUN, "by-hand", world.clock()))
        plan = wind(world, 60)
        assert jobs_of(plan) == ["by-hand"]
        (job,) = plan.derived.values()
        assert job.metadata.annotations == {INSTANTIATED: "manual"}
        assert told(world, "SuccessfulCreate") == ["Created job by-hand, as ordered"]
        assert world.history.interventions() == ()
        wind(world, 600)
        assert len({state.pod.identity.uid for state in plan.pods}) == 1


def test_a_failed_run_is_not_what_a_sync_waits_for() -> None:
    with simulation() as world:
        begin(world, "2024-01-01T00:00:30")
        world.desired = desired_from(cron('schedule: "* * * * *"', image=BAD))
        plan = wind(world, 60)
        assert all(decision.status.complete for decision in plan.decisions)
