"""What an earlier version has made goes on as it is under this one. See tests/upgrades for how it was recorded."""

import contextlib
import fcntl
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker.errors import APIError

from gitpod_sync.engines.docker.sandbox_image import import_sandbox
from scripts.tiny_image import import_tiny_image
from tests.e2e.stage import Stage, eventually
from tests.upgrades.replay import Replay

pytestmark = pytest.mark.docker

RECORDED = Path(__file__).parents[1] / "upgrades"
VERSION = "62b0c7b"


@pytest.fixture
def alone() -> Iterator[None]:
    """A recording has its image and its port of the node, so that one run on a machine waits for another."""
    with (Path(tempfile.gettempdir()) / "gitpod-sync-upgrade.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def upgraded(alone: None, stage: Stage) -> Iterator[Replay]:
    """What the earlier version has left on the engine and in the state directory of the stage."""
    del alone
    image = f"gitpod-sync-test/upgrade:{VERSION}"
    import_tiny_image(stage.client, image)
    import_sandbox(stage.client, "gitpod-sync/sandbox:4")
    replay = Replay(stage.client, RECORDED / VERSION, stage.root, stage.instance)
    replay.play()
    yield replay
    stage.leave_nothing()
    with contextlib.suppress(APIError):  # somebody else may use it
        stage.client.remove_image(image)


def lives(stage: Stage) -> dict[str, str]:
    """When each container that there is was started, by its id."""
    return {each.id: stage.client.inspect_container(each.id)["State"]["StartedAt"] for each in stage.seen()}


def run(stage: Stage, upgraded: Replay, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = stage.command(*arguments, options=("--config", str(upgraded.config)))
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_pods_of_every_kind_that_an_earlier_version_made_are_left_as_they_are(stage: Stage, upgraded: Replay) -> None:
    before = lives(stage)
    planned = run(stage, upgraded, "diff")
    assert planned.returncode == 0, planned.stdout
    reached = run(stage, upgraded, "sync", "--timeout", "1").stderr
    assert reached.rstrip().endswith("not converged after 1 s: Job default/worker: 1 of 1 available, 1 updated")
    assert lives(stage) == before
    (lost,) = stage.running("elder")
    with stage.daemon(options=("--config", str(upgraded.config))):
        stage.client.kill(lost.id)
        (healed,) = eventually(lambda: [each for each in stage.running("elder") if each.id != lost.id])
    after = lives(stage)
    assert after.pop(healed.id)
    assert after == before
    assert run(stage, upgraded, "diff").returncode == 0
