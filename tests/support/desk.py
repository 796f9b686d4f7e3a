"""A person at a terminal beside the loop, on the simulated engine."""

from pathlib import Path

from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli
from gitpod_sync.manifests.load import load_revision
from gitpod_sync.sources.folder import read_folder
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


class Desk:
    """A person beside the loop, which shares a state directory and a folder of manifests with the command line."""

    def __init__(self, root: Path, world: Simulation) -> None:
        self.root = root
        self.world = world

    def push(self, image: str, cause: str = "because") -> None:
        (self.root / "source" / "web.yaml").write_text(WEB.replace("IMAGE", image).replace("CAUSE", cause))
        desired = load_revision(read_folder("source", self.root / "source")).desired
        assert desired
        self.world.desired = desired

    def roll(self, image: str, cause: str = "because") -> None:
        self.push(image, cause)
        self.world.converge()

    def type(self, *arguments: str) -> Result:
        own = ("--state-dir", str(self.root / "state"), "--source", str(self.root / "source"))
        return CliRunner().invoke(cli, ["--instance", "sim", *own, *arguments])

    def text(self, *arguments: str) -> str:
        done = self.type(*arguments)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    @property
    def images(self) -> list[str]:
        return sorted(each.config.image for each in self.world.alive())
