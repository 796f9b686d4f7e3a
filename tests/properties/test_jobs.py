"""Jobs and CronJobs under crashes, failing calls, kills, prunes and jumping clocks: the counts stay exact."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import ENDING_SUFFIX
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.operations.operations import Operation
from tests.support.examples import examples
from tests.support.simulation import Simulation, desired_from, simulation

KEY = Key("Job", "default", "work")
COMPLETIONS = 4


def job(width: int, *, suspend: bool, policy: str) -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
  completions: {COMPLETIONS}
  parallelism: {width}
  completionMode: Indexed
  backoffLimit: 1000
  suspend: {str(suspend).lower()}
  podReplacementPolicy: {policy}
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 3
      containers: [{{name: main, image: "work:1"}}]
"""


def cron(policy: str) -> str:
    return f"""\
apiVersion: batch/v1
kind: CronJob
metadata: {{name: tick}}
spec:
  schedule: "* * * * *"
  concurrencyPolicy: {policy}
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec: {{restartPolicy: Never, terminationGracePeriodSeconds: 3, containers: [{{name: main, image: "work:1"}}]}}
"""


def fail_once(world: Simulation, after: int) -> None:
    """One call of a pass is refused."""
    left = [after]

    def refuse(_operation: Operation) -> None:
        left[0] -= 1
        if left[0] == -1:
            raise EngineError("no")

    world.engine.before = refuse
    world.run_pass()
    world.engine.before = lambda _operation: None


def prune(world: Simulation) -> None:
    """What has ended is seen before it is taken away: what nobody has seen cannot be counted."""
    world.run_pass()
    world.hand.prune()


class Successes:
    """Which containers have really succeeded, by their index; `late` are those whose end was under way by then."""

    def __init__(self) -> None:
        self.by_index: dict[str, set[str]] = defaultdict(set)
        self.late: set[str] = set()

    def look(self, world: Simulation) -> None:
        world.engine.observe(frozenset())
        found = world.engine.containers.values()
        ending = {each.labels.get(labels.UID) for each in found if each.name.endswith(ENDING_SUFFIX)}
        for each in found:
            if labels.CONTAINER in each.labels and each.finished_at is not None and each.exit_code == 0:
                known = self.by_index[each.config.env["JOB_COMPLETION_INDEX"]]
                if each.labels[labels.UID] in ending and each.id not in known:
                    self.late.add(each.id)
                known.add(each.id)

    @property
    def are_exact(self) -> bool:
        """What comes to a good end while it is told to end counts for nothing, and another one may come for it."""
        return all(len(ids - self.late) <= 1 for ids in self.by_index.values())


EVENTS = st.one_of(
    st.tuples(st.just("time"), st.sampled_from([1, 4, 11, 30])),
    st.tuples(st.just("pass"), st.just(0)),
    st.tuples(st.sampled_from(["crash", "fail", "kill"]), st.integers(0, 6)),
    st.tuples(st.sampled_from(["prune", "suspend"]), st.integers(0, 1)),
    st.tuples(st.just("width"), st.integers(1, 3)),
)


@given(
    events=st.lists(EVENTS, max_size=25),
    policy=st.sampled_from(["Failed", "TerminatingOrFailed"]),
    width=st.integers(1, 3),
)
@examples(150)
def test_an_index_succeeds_once_and_no_more_pods_are_active_than_allowed(
    events: list[tuple[str, int]], policy: str, width: int
) -> None:
    suspend = False
    with simulation() as world:
        world.engine.behaviours["work:1"] = Behaviour(exits_after=5.0)
        done = Successes()
        for what, argument in [("pass", 0), *events]:
            world.desired = desired_from(job(width, suspend=suspend, policy=policy))
            match what:
                case "time":
                    world.clock.advance(argument)
                case "crash":
                    world.crash_after(argument)
                case "fail":
                    fail_once(world, argument)
                case "kill":
                    for each in world.alive()[argument : argument + 1]:
                        world.hand.kill(each.id)
                case "prune":
                    prune(world)
                case "suspend":
                    suspend = bool(argument)
                case "width":
                    width = argument
                case _:
                    pass
            done.look(world)
            plan = world.run_pass()
            assert active(world) <= 3
            assert done.are_exact
            record = record_of(plan.decisions)
            assert len(done.by_index) <= COMPLETIONS
            assert record.succeeded <= COMPLETIONS
        world.desired = desired_from(job(width, suspend=False, policy=policy))
        world.run_pass()
        assert active(world) <= max(width, 0)
        final = world.converge(within=10_000)
        done.look(world)
        assert record_of(final.decisions).indexes_done == "0-3"
        assert sorted(done.by_index) == ["0", "1", "2", "3"]
        assert done.are_exact
        prune(world)
        world.restarted()
        assert not world.run_pass().steps


def active(world: Simulation) -> int:
    """Pods at work that are not being ended."""
    pods = world.run_pass().pods
    return sum(1 for state in pods if not state.pod.ending and any(each.alive for each in state.pod.containers))


def record_of(decisions: object) -> JobRecord:
    assert isinstance(decisions, tuple)
    (record,) = (each.record for each in decisions if each.workload == KEY)
    assert isinstance(record, JobRecord)
    return record


TICKS = st.one_of(
    st.tuples(st.just("time"), st.integers(1, 400)),
    st.tuples(st.just("back"), st.integers(1, 4000)),
    st.tuples(st.sampled_from(["crash", "fail"]), st.integers(0, 6)),
    st.tuples(st.sampled_from(["prune", "pass"]), st.just(0)),
)


@given(events=st.lists(TICKS, max_size=25), takes=st.sampled_from([5.0, 70.0, 200.0]))
@examples(150)
def test_forbid_never_overlaps_and_no_time_runs_twice(events: list[tuple[str, int]], takes: float) -> None:
    started: dict[str, set[str]] = defaultdict(set)
    with simulation() as world:
        world.clock.now = 1_700_000_000.0
        world.engine.behaviours["work:1"] = Behaviour(exits_after=takes)
        world.desired = desired_from(cron("Forbid"))
        for what, argument in [("pass", 0), *events]:
            match what:
                case "time":
                    for _ in range(argument // 20 + 1):
                        world.clock.advance(20)
                        world.run_pass()
                        watch(world, started)
                case "back":
                    world.clock.now -= argument
                case "crash":
                    world.crash_after(argument)
                case "fail":
                    fail_once(world, argument)
                case "prune":
                    prune(world)
                case _:
                    pass
            world.run_pass()
            watch(world, started)


def watch(world: Simulation, started: dict[str, set[str]]) -> None:
    assert len(world.alive()) <= 1
    for each in world.engine.containers.values():
        if labels.CONTAINER in each.labels and each.started_at is not None:
            started[each.labels[labels.OWNER]].add(each.id)
    assert all(len(ids) == 1 for ids in started.values()), started
