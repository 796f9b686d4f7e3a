"""From the end of a `git push` on this machine to the moment at which what it asks for is in force."""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench import Figure
from gitpod_sync.loop.revisions.desired_state import DesiredState
from gitpod_sync.loop.watch.source_watch import Follower
from gitpod_sync.sources.open import open_source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History

_MANIFEST = """\
apiVersion: v1
kind: Pod
metadata: {{name: pod}}
spec:
  containers: [{{name: one, image: "web:{number}"}}]
"""
_IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")


def measure_push(pushes: int) -> Iterator[Figure]:
    """The median over some pushes, the fetch and the validation included."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        bare, clone = root / "bare.git", root / "clone"
        _git(root, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
        _git(root, "clone", "--quiet", str(bare), str(clone))
        _push(clone, 0)
        history, in_force = History(root / "state.db"), threading.Event()
        spec = SourceSpec("bench", str(bare))
        wanted = DesiredState([spec], history, time.time, in_force.set)
        follower = Follower(spec, open_source(spec, root), wanted, None)
        follower.start()
        in_force.wait(30)
        spent = []
        for number in range(1, pushes + 1):
            in_force.clear()
            end = _push(clone, number)
            if not in_force.wait(30):
                raise SystemExit("a push was not seen within 30 s")
            spent.append((time.perf_counter() - end) * 1000)
        follower.stop()
        history.close()
    yield Figure("push on this machine: in force after", statistics.median(spent), "ms")


def _push(clone: Path, number: int) -> float:
    """When the push had returned."""
    (clone / "pod.yaml").write_text(_MANIFEST.format(number=number))
    _git(clone, "add", "--all")
    _git(clone, *_IDENTITY, "commit", "--quiet", "--message", "change")
    _git(clone, "push", "--quiet", "origin", "HEAD:main")
    return time.perf_counter()


def _git(folder: Path, *arguments: str) -> None:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=environment)
