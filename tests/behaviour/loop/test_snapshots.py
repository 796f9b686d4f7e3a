"""A snapshot answers for the images of pods of earlier templates as long as there is one of them."""

from gitpod_sync.loop.snapshots import Snapshots
from tests.support.simulation import desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec: {{terminationGracePeriodSeconds: 0, containers: [{{name: main, image: "web:{version}"}}]}}
"""


def test_images_of_what_runs_and_of_what_is_wanted_are_told() -> None:
    with simulation() as world:
        world.desired = desired_from(POD.format(version=1))
        world.converge()
        snapshots, wanted = Snapshots(world.engine), desired_from(POD.format(version=2))
        for _ in range(2):
            assert {"web:1", "web:2"} <= snapshots.take(wanted).images.keys()
        world.desired = wanted
        world.converge()
        assert "web:1" not in snapshots.take(wanted).images
