"""A person at a terminal beside the loop, on the simulated engine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.sources.folder import read_folder
from gitpod_sync.status.history import History
from tests.support.simulation import Simulation

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {kubernetes.io/change-cause: CAUSE}
spec:
  replicas: 2
  progressDeadlineSeconds: 30
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "IMAGE"}]
"""


class Terminal:
    """A person beside the loop, which shares a state directory and a folder of manifests with the command line."""

    def __init__(self, root: Path, world: Simulation) -> None:
        self.root = root
        self.world = world

    def write(self, **files: str) -> None:
        """Put these manifests into the folder, each into a file of its own, and have the loop read it."""
        for name, text in files.items():
            (self.root / "source" / f"{name}.yaml").write_text(text)
        desired = load_revision(read_folder("source", self.root / "source")).desired
        assert desired
        self.world.desired = desired

    def type(self, *arguments: str) -> Result:
        own = ("--state-dir", str(self.root / "state"), "--source", str(self.root / "source"))
        return CliRunner().invoke(cli, ["--instance", "sim", *own, *arguments])

    def text(self, *arguments: str) -> str:
        done = self.type(*arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout


class Desk(Terminal):
    """A person who rolls out versions of one Deployment."""

    def push(self, image: str, cause: str = "because") -> None:
        self.write(web=WEB.replace("IMAGE", image).replace("CAUSE", cause))

    def roll(self, image: str, cause: str = "because") -> None:
        self.push(image, cause)
        self.world.converge()

    @property
    def images(self) -> list[str]:
        return sorted(each.config.image for each in self.world.alive())


@contextmanager
def beside_the_loop(root: Path, monkeypatch: pytest.MonkeyPatch, *commands: str) -> Iterator[Simulation]:
    """A loop whose engine and clock these commands have, too; while one of them sleeps, the loop goes on."""
    (root / "source").mkdir()
    history = History(root / "state" / "sim.db")
    world = Simulation(history)

    @contextmanager
    def lend_engine(*_arguments: object) -> Iterator[object]:
        yield world.engine

    for command in commands:
        monkeypatch.setattr(f"gitpod_sync.cli.{command}.open_observer", lend_engine)
    for clock in ("time", "monotonic"):
        monkeypatch.setattr(time, clock, world.clock)

    def sleep(seconds: float) -> None:
        world.clock.advance(seconds)
        world.run_pass()

    monkeypatch.setattr(time, "sleep", sleep)
    yield world
    history.close()
