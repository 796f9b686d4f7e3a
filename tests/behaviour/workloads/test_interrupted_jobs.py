"""Pods of Jobs that do not come to their end undisturbed: told to end, or lost."""

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.base import labels
from gitpod_sync.model.records.job_records import JobRecord
from tests.support.simulation import Simulation, desired_from, simulation


def job(*, suspend: bool = False) -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: work}}
spec:
  suspend: {str(suspend).lower()}
  completionMode: Indexed
  completions: 1
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 30
      containers: [{{name: main, image: "work:1"}}]
"""


def record(world: Simulation) -> JobRecord:
    (found,) = (each.record for each in world.run_pass().decisions if isinstance(each.record, JobRecord))
    return found


def settle(world: Simulation) -> None:
    """All that is to be done at this moment."""
    while world.run_pass().steps:
        pass


def test_a_pod_that_is_told_to_end_counts_for_nothing_however_it_ends() -> None:
    with simulation() as world:
        world.engine.behaviours["work:1"] = Behaviour(exits_after=20.0, ignores_term=True)
        world.desired = desired_from(job())
        settle(world)
        world.desired = desired_from(job(suspend=True))
        settle(world)
        world.clock.advance(21)
        settle(world)
        assert (record(world).indexes_done, record(world).failed) == ("", 0)
        world.desired = desired_from(job())
        settle(world)
        assert len(world.alive()) == 1


def test_the_wait_after_a_lost_pod_begins_when_it_is_found() -> None:
    with simulation() as world:
        world.desired = desired_from(job())
        settle(world)
        world.clock.advance(100)
        (sandbox,) = (each for each in world.engine.containers.values() if labels.CONTAINER not in each.labels)
        world.hand.kill(sandbox.id)
        found = record(world)
        assert (found.failed, found.last_failure_at) == (1, world.clock())
        settle(world)
        world.clock.advance(9)
        settle(world)
        assert not world.alive()
        world.clock.advance(1)
        settle(world)
        assert world.alive()
