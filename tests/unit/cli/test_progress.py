"""What a sync shows while it lasts."""

import io

import pytest
from rich.console import Console

from gitpod_sync.cli.progress import LineProgress, TableProgress
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.pull_progress import PullProgress
from tests.support.simulation import desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, image: "web:1"}]}
"""


def test_a_terminal_shows_how_far_the_pull_of_an_image_is() -> None:
    with simulation() as sim:
        sim.engine.absent.add("web:1")
        sim.desired = desired_from(POD)
        sim.run_pass()
        sim.run_pass()
        sim.clock.advance(60)
        sim.history.record_pulls({"web:1": PullProgress(34_000_000, 120_000_000, 3, 7)}, sim.clock())
        _, plan = sim.dry_run()
    progress, output = TableProgress(), io.StringIO()
    progress.show(plan)
    Console(file=output, width=200).print(progress.live.renderable)
    assert "ContainerCreating: Pulling 34 of 120 MB, 3 of 7 layers of image web:1" in output.getvalue()


def test_where_no_workload_is_wanted_lines_tell_what_goes_and_count_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = LineProgress()
    with simulation() as sim:
        sim.desired = desired_from(POD)
        progress.show(sim.converge())
        assert capsys.readouterr().out == "1 of 1 workloads complete\n"
        sim.desired = Desired()
        for _ in range(40):
            progress.show(sim.run_pass())
            sim.clock.advance(1)
    told = capsys.readouterr().out
    assert "remove-container pod default/web: " in told
    assert "workloads" not in told
    assert "" not in told.splitlines()
