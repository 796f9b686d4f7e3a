"""What a sync shows while it lasts."""

import io

from rich.console import Console

from gitpod_sync.cli.progress import TableProgress
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
