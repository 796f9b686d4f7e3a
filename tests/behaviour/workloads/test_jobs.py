"""Jobs over the whole loop on the simulated engine, by the hand-wound clock."""

from itertools import pairwise

import pytest

from gitpod_sync.controllers.job.template import index_of
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.records.job_records import JobConditionType, JobRecord
from gitpod_sync.operations.operations import Operation, SignalContainer
from gitpod_sync.plan.report.render import render_report
from gitpod_sync.plan.steps import Plan
from tests.support.simulation import Simulation, desired_from, simulation

KEY = Key("Job", "default", "work")
GOOD, BAD, SLOW = "good:1", "bad:1", "slow:1"


def job(spec: str = "", *, image: str = GOOD, policy: str = "Never", pod: str = "") -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
  {spec or "{}"}
  template:
    spec:
      restartPolicy: {policy}
      terminationGracePeriodSeconds: 5
      containers: [{{name: main, image: "{image}"}}]
      {pod}
""".replace("  {}\n", "")


def behave(world: Simulation) -> None:
    """Programs that succeed after 5 s, fail after 5 s, and run for an hour."""
    world.engine.behaviours |= {
        GOOD: Behaviour(exits_after=5.0),
        BAD: Behaviour(exits_after=5.0, exit_code=1),
        SLOW: Behaviour(exits_after=3600.0),
    }


def record_of(plan: Plan, key: Key = KEY) -> JobRecord:
    (record,) = (decision.record for decision in plan.decisions if decision.workload == key)
    assert isinstance(record, JobRecord)
    return record


def wind(world: Simulation, until: float) -> Plan:
    """Passes whenever something happens, until a time."""
    while True:
        plan = world.run_pass()
        if plan.steps:
            continue
        times = [at for at in (plan.wake_at, world.engine.next_end) if at is not None and at > world.clock()]
        if min(times, default=until) >= until:
            world.clock.now = until
            return world.run_pass()
        world.clock.now = min(times)


def reasons(world: Simulation, key: Key = KEY) -> list[str]:
    return [each.event.reason for each in world.history.events() if each.event.about == key]


def index_in(container: ObservedContainer) -> int:
    return int(container.config.env["JOB_COMPLETION_INDEX"])


def pods_made(world: Simulation) -> int:
    return sum(
        each.event.message.startswith("Created pod") * each.count
        for each in world.history.events()
        if each.event.about == KEY
    )


def test_a_job_is_complete_when_its_pod_has_succeeded_and_the_pod_stays_for_its_log() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job())
        record = record_of(world.converge())
        assert record.has_succeeded
        assert record.succeeded == 1
        assert reasons(world) == ["SuccessfulCreate", "Completed"]
        assert [each.status for each in world.engine.observe(frozenset()).containers] == [ContainerStatus.EXITED] * 2


def test_a_job_makes_as_many_at_once_as_its_parallelism_and_as_many_in_all_as_its_completions() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("completions: 5\n  parallelism: 2"))
        most = 0
        while not world.run_pass().settled:
            most = max(most, len(world.alive()))
            world.clock.advance(1)
        assert most == 2
        assert pods_made(world) == 5
        assert record_of(world.run_pass()).succeeded == 5


def test_a_work_queue_is_complete_when_one_has_succeeded_and_none_is_left() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("parallelism: 3"))
        record = record_of(world.converge())
        assert record.has_succeeded
        assert record.succeeded == 3
        assert pods_made(world) == 3


def test_each_index_has_its_pod_with_its_number_as_variable_label_annotation_and_host_name() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("completions: 3\n  parallelism: 3\n  completionMode: Indexed"))
        plan = world.converge()
        assert record_of(plan).indexes_done == "0-2"
        for number, state in enumerate(sorted(plan.pods, key=lambda each: each.pod.identity.name)):
            template = state.pod.identity.template
            assert state.pod.identity.name.startswith(f"work-{number}-")
            assert index_of(template) == number
            assert template.metadata.labels[labels.COMPLETION_INDEX] == str(number)
            assert template.metadata.labels["job-name"] == template.metadata.labels[labels.JOB_NAME] == "work"
            assert state.pod.sandbox
            assert state.pod.sandbox.config.hostname == f"work-{number}"
            (container,) = state.pod.containers
            assert container.config.env["JOB_COMPLETION_INDEX"] == str(number)


def test_failed_pods_are_tried_again_after_10_20_and_40_s_and_7_failures_end_the_job() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(image=BAD))
        starts: list[float] = []
        for _ in range(200):
            plan = world.run_pass()
            if plan.starting:
                starts.append(world.clock())
            if record_of(plan).end:
                break
            if not plan.steps:
                times = [at for at in (plan.wake_at, world.engine.next_end) if at is not None]
                world.clock.now = max(world.clock(), min(times))
        # Each lives for 5 s.
        assert [round(b - a - 5) for a, b in pairwise(starts)] == [10, 20, 40, 80, 160, 320]
        assert record_of(plan).failed == 7
        failure = record_of(plan).condition(JobConditionType.FAILED)
        assert failure
        assert failure.reason == "BackoffLimitExceeded"
        assert reasons(world)[-1] == "BackoffLimitExceeded"
        assert plan.decisions[0].status.failed.startswith("BackoffLimitExceeded: Job has reached")


def test_under_on_failure_restarts_of_containers_count_against_the_limit() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("backoffLimit: 2", image=BAD, policy="OnFailure"))
        plan = wind(world, world.clock() + 600)
        record = record_of(plan)
        assert record.end
        assert record.end.reason == "BackoffLimitExceeded"
        # The pod that was restarted twice went with the Job.
        assert not plan.pods
        assert pods_made(world) == 1


def test_with_a_limit_for_each_index_one_bad_index_does_not_keep_the_others_from_success() -> None:
    spec = "completions: 2\n  parallelism: 2\n  completionMode: Indexed\n  backoffLimitPerIndex: 1"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(spec))
        world.run_pass()
        world.run_pass()
        for _ in range(2):
            (unlucky,) = (each for each in world.alive() if index_in(each) == 1)
            world.hand.kill(unlucky.id)
            plan = wind(world, world.clock() + 12)
        record = record_of(plan)
        assert (record.indexes_done, record.indexes_failed) == ("0", "1")
        assert record.end
        assert record.end.reason == "FailedIndexes"


def test_a_job_that_takes_longer_than_its_deadline_fails_and_its_pods_go() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("activeDeadlineSeconds: 60", image=SLOW))
        began = world.clock()
        plan = wind(world, began + 59)
        assert record_of(plan).target is None
        plan = wind(world, began + 70)
        end = record_of(plan).end
        assert end
        assert end.reason == "DeadlineExceeded"
        assert not plan.pods


def test_a_suspended_job_has_no_pods_and_its_deadline_counts_anew_when_it_is_resumed() -> None:
    with simulation() as world:
        behave(world)
        deadline = "activeDeadlineSeconds: 60\n  suspend: "
        began = world.clock()
        world.desired = desired_from(job(deadline + "false", image=SLOW))
        wind(world, began + 50)
        world.desired = desired_from(job(deadline + "true", image=SLOW))
        plan = wind(world, began + 500)
        assert not plan.pods
        assert plan.settled
        assert record_of(plan).condition(JobConditionType.SUSPENDED)
        world.desired = desired_from(job(deadline + "false", image=SLOW))
        plan = wind(world, began + 555)
        assert len(world.alive()) == 1
        plan = wind(world, began + 570)
        assert record_of(plan).end
        told = [each for each in reasons(world) if not each.startswith("Successful")]
        assert told == ["Suspended", "Resumed", "DeadlineExceeded"]
        assert record_of(plan).failed == 0


@pytest.mark.parametrize("image", [GOOD, BAD])
def test_a_finished_job_stays_finished_when_everything_is_pruned(image: str) -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("backoffLimit: 0", image=image))
        end = record_of(wind(world, world.clock() + 60)).end
        assert end
        world.hand.prune()
        assert not world.engine.observe(frozenset()).containers
        for _ in range(2):
            plan = wind(world, world.clock() + 600)
            assert record_of(plan).end == end
            assert not plan.pods
            assert pods_made(world) == 1
            world.restarted()


def test_a_job_that_is_half_done_goes_on_where_it_was_after_everything_was_pruned() -> None:
    spec = "completions: 4\n  completionMode: Indexed"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(spec))
        began = world.clock()
        wind(world, began + 12)
        world.hand.prune()
        world.restarted()
        assert record_of(world.converge()).indexes_done == "0-3"
        assert pods_made(world) == 4


def test_a_finished_job_stays_finished_when_the_database_is_lost_and_nothing_is_left_to_tell() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job())
        world.converge()
        world.hand.prune()
        world.lose_database()
        plan = wind(world, world.clock() + 60)
        assert record_of(plan).has_succeeded
        assert not plan.pods
        assert reasons(world) == ["RecordRecovered"]
        world.restarted()
        assert record_of(world.run_pass()).has_succeeded


def test_pods_tell_how_far_a_job_has_come_when_all_memory_is_lost() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("completions: 2"))
        wind(world, world.clock() + 7)
        world.lose_database(with_finished=True)
        record = record_of(world.converge())
        assert record.succeeded == 2
        assert reasons(world)[0] == "RecordLost"
        assert pods_made(world) == 0


def test_a_job_of_which_nothing_is_known_any_more_is_not_run_again_blindly() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job())
        world.converge()
        for each in world.engine.observe(frozenset()).containers:
            world.hand.remove(each.id)
        world.lose_database(with_finished=True)
        plan = wind(world, world.clock() + 600)
        assert not plan.pods
        assert "give it another name" in plan.decisions[0].status.failed
        assert reasons(world) == ["RecordLost"]
        # Out of Git and in again: a word from a person.
        world.desired = desired_from("")
        world.run_pass()
        world.desired = desired_from(job())
        assert record_of(wind(world, world.clock() + 60)).has_succeeded


def test_a_job_that_was_out_of_git_for_one_commit_is_another_one() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job())
        first = record_of(world.converge()).uid
        world.desired = desired_from("")
        world.run_pass()
        world.desired = desired_from(job())
        record = record_of(world.converge())
        assert record.has_succeeded
        assert record.uid != first
        assert pods_made(world) == 2


def test_a_time_to_live_of_0_takes_a_finished_job_out_of_sight_and_does_not_run_it_again() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("ttlSecondsAfterFinished: 0"))
        plan = wind(world, world.clock() + 3600)
        assert record_of(plan).swept
        assert not plan.pods
        assert plan.settled
        assert pods_made(world) == 1


def test_a_time_to_live_counts_from_the_end() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("ttlSecondsAfterFinished: 100"))
        began = world.clock()
        assert wind(world, began + 104).pods
        assert not wind(world, began + 107).pods


def test_a_template_that_changes_after_the_end_is_told_and_not_run() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job())
        world.converge()
        world.desired = desired_from(job(image=SLOW))
        assert render_report(*world.dry_run()).splitlines() == [
            "= Job default/work",
            '    spec.template.spec.containers[main].image: "good:1" → "slow:1"',
            "    it is over and does not run again: give it another name to run what is new",
        ]
        assert world.converge().settled


def test_a_sidecar_does_not_keep_a_job_from_completing() -> None:
    with simulation() as world:
        behave(world)
        sidecar = 'initContainers: [{name: log, image: "side:1", restartPolicy: Always}]'
        world.desired = desired_from(job(pod=sidecar))
        assert record_of(world.converge()).has_succeeded
        assert not world.alive()


def test_a_narrower_parallelism_ends_the_pods_that_are_too_many_and_counts_none_of_them() -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("completions: 9\n  parallelism: 3", image=SLOW))
        wind(world, world.clock() + 10)
        assert len(world.alive()) == 3
        world.desired = desired_from(job("completions: 9\n  parallelism: 1", image=SLOW))
        record = record_of(wind(world, world.clock() + 10))
        assert len(world.alive()) == 1
        assert (record.succeeded, record.failed) == (0, 0)


@pytest.mark.parametrize(("policy", "overlap"), [("TerminatingOrFailed", True), ("Failed", False)])
def test_a_successor_comes_while_a_pod_is_being_ended_or_after_it(policy: str, overlap: bool) -> None:
    with simulation() as world:
        behave(world)
        world.engine.behaviours[SLOW] = Behaviour(ignores_term=True)
        manifest = job(f"backoffLimit: 3\n  podReplacementPolicy: {policy}", image=SLOW)
        world.desired = desired_from(manifest.replace("PeriodSeconds: 5", "PeriodSeconds: 20"))
        wind(world, world.clock() + 20)
        sandbox = world.find(world.run_pass().pods[0].pod.identity.name)
        world.hand.stop(sandbox.id)
        seen = set()
        for _ in range(40):
            world.run_pass()
            seen.add(len(world.alive()))
            world.clock.advance(1)
        assert (2 in seen) is overlap
        assert len(world.alive()) == 1


@pytest.mark.parametrize("rule", ['succeededIndexes: "0"', "succeededCount: 1", "succeededCount: 0"])
def test_a_success_policy_is_met_by_its_leader_and_the_others_go(rule: str) -> None:
    spec = "completions: 3\n  parallelism: 3\n  completionMode: Indexed\n"
    policy = f"  successPolicy: {{rules: [{{{rule}}}]}}"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(spec + policy, image=SLOW))
        wind(world, world.clock() + 5)
        (leader,) = (each for each in world.alive() if index_in(each) == 0)
        world.engine.containers[leader.id].behaviour = Behaviour(exits_after=6.0)
        plan = wind(world, world.clock() + 20)
        record = record_of(plan)
        assert record.has_succeeded
        assert record.end
        assert record.end.reason == "SuccessPolicy"
        assert not world.alive()


@pytest.mark.parametrize(
    ("action", "failed", "reason"),
    [("FailJob", 1, "PodFailurePolicy"), ("Ignore", 0, ""), ("Count", 1, "BackoffLimitExceeded")],
)
def test_a_failure_policy_fails_the_job_ignores_a_failure_or_counts_it(action: str, failed: int, reason: str) -> None:
    policy = f"podFailurePolicy: {{rules: [{{action: {action}, onExitCodes: {{operator: In, values: [1]}}}}]}}"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(f"backoffLimit: 0\n  {policy}", image=BAD))
        record = record_of(wind(world, world.clock() + 12))
        assert record.failed == failed
        assert (record.end.reason if record.end else "") == reason
        if action == "FailJob":
            assert record.end
            assert "failed with exit code 1 matching FailJob rule at index 0" in record.end.message


def test_failing_an_index_by_a_rule_takes_no_second_try() -> None:
    spec = "completions: 1\n  completionMode: Indexed\n  backoffLimitPerIndex: 5\n"
    rule = "  podFailurePolicy: {rules: [{action: FailIndex, onExitCodes: {operator: NotIn, values: [2]}}]}"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(spec + rule, image=BAD))
        record = record_of(wind(world, world.clock() + 12))
        assert record.indexes_failed == "0"
        assert record.end
        assert record.end.reason == "FailedIndexes"
        assert pods_made(world) == 1


def test_more_failed_indexes_than_allowed_end_the_job() -> None:
    spec = "completions: 9\n  parallelism: 2\n  completionMode: Indexed\n  backoffLimitPerIndex: 0\n"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(spec + "  maxFailedIndexes: 1", image=BAD))
        record = record_of(wind(world, world.clock() + 12))
        assert record.end
        assert record.end.reason == "MaxFailedIndexesExceeded"
        assert record.indexes_failed == "0,1"


def test_a_pod_that_was_lost_is_a_disruption_that_a_rule_can_forgive() -> None:
    rule = "podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job(f"backoffLimit: 0\n  {rule}", image=SLOW))
        plan = wind(world, world.clock() + 20)
        world.hand.stop(world.find(plan.pods[0].pod.identity.name).id)
        record = record_of(wind(world, world.clock() + 60))
        assert not record.end
        assert record.failed == 0
        assert len(world.alive()) == 1


def test_a_second_pass_over_finished_jobs_plans_and_writes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with simulation() as world:
        behave(world)
        world.desired = desired_from(job())
        world.converge()
        world.run_pass()
        world.history.close()
        assert not world.run_pass().steps
        assert "could not be written" not in caplog.text


def test_a_counted_pod_whose_containers_are_pruned_while_its_sandbox_runs_is_not_filled_again() -> None:
    def refuse(operation: Operation) -> None:
        if isinstance(operation, SignalContainer):
            raise EngineError("no")

    with simulation() as world:
        behave(world)
        world.desired = desired_from(job("completions: 2\n  parallelism: 2", image=SLOW))
        wind(world, world.clock() + 1)
        world.engine.before = refuse
        world.hand.kill(world.alive()[0].id)
        world.run_pass()
        world.engine.before = lambda _operation: None
        world.hand.prune()
        plan = wind(world, world.clock() + 5)
        assert record_of(plan).failed == 1
        assert len(world.alive()) == len(plan.pods) == 1
        wind(world, world.clock() + 10)
        assert pods_made(world) == 3
