"""How far pulls have come: in the plan at every pass, in the history and in the log now and then."""

import logging
from collections.abc import Iterator

import pytest

from gitpod_sync.loop.watch.pulls import Pulls
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.plan.images.images import image_chain
from tests.support.simulation import Simulation, desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, image: "web:1"}]}
"""


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        yield made


def at(done: int) -> PullProgress:
    return PullProgress(done * 1_000_000, 120_000_000, 3, 7)


def test_the_history_hears_of_a_pull_every_two_seconds_and_of_its_end(sim: Simulation) -> None:
    pulls, heard = Pulls(sim.engine, sim.history), []
    for tenth in range(60):
        sim.engine.pulling["web:1"] = at(tenth)
        assert pulls.look(sim.clock()) == {"web:1": at(tenth)}
        heard.append(sim.history.pulls(sim.clock())["web:1"])
        sim.clock.advance(0.1)
    assert 3 <= len(set(heard)) <= 4
    del sim.engine.pulling["web:1"]
    assert pulls.look(sim.clock()) == {}
    assert sim.history.pulls(sim.clock()) == {}


def test_while_a_pull_is_under_way_there_is_a_pass_every_two_seconds(sim: Simulation) -> None:
    pulls = Pulls(sim.engine, sim.history)
    assert pulls.next_look(["some-uid", image_chain("web:1")], 10.0) == 12.0
    assert pulls.next_look(["some-uid"], 10.0) is None


def test_the_log_hears_of_a_long_pull_every_ten_seconds(sim: Simulation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    pulls = Pulls(sim.engine, sim.history)
    for second in range(35):
        sim.engine.pulling["web:1"] = at(second)
        pulls.look(sim.clock())
        sim.clock.advance(1)
    assert caplog.messages == [f"image web:1: pulling, {second} of 120 MB, 3 of 7 layers" for second in (10, 20, 30)]


def test_what_a_process_that_has_ended_told_of_a_pull_is_no_news(sim: Simulation) -> None:
    sim.history.record_pulls({"web:1": at(1)}, sim.clock())
    sim.clock.advance(20)
    assert sim.history.pulls(sim.clock()) == {}


def test_whoever_looks_beside_the_daemon_sees_how_far_the_pull_of_a_pod_s_image_is(sim: Simulation) -> None:
    sim.desired = desired_from(POD)
    sim.history.record_pulls({"web:1": at(34)}, sim.clock())
    _, plan = sim.dry_run()
    (waiting,) = plan.waiting
    assert waiting.reason == "ContainerCreating"
    assert waiting.message == "Pulling 34 of 120 MB, 3 of 7 layers of image web:1"


def test_in_the_middle_of_a_pull_the_engine_tells_of_it(sim: Simulation) -> None:
    told: list[PullProgress] = []
    sim.engine.registries.on_pull = lambda reference: told.append(sim.engine.pulls()[reference])
    sim.desired = desired_from(POD)
    sim.converge()
    assert told == [PullProgress(500_000, 1_000_000, 1, 2)]
    assert sim.engine.pulls() == {}
