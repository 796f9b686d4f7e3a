"""What every benchmark here needs: a workload, a place on the engine, and figures side by side.

A figure is a ratio of two things measured in turn in one run: machines differ and are noisy, ratios much less.
"""

import secrets
import shutil
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import APIClient

from gitpod_sync.cli.assembly import WORKERS
from gitpod_sync.engines.docker.engine import DockerEngine
from gitpod_sync.loop.reconciler import Deps
from gitpod_sync.loop.trigger import Wake
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.labels import INSTANCE
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.pods.pod import Container, PodSpec
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.workloads.workloads import Pod
from gitpod_sync.probes.prober import AsyncProber
from gitpod_sync.status.history import History
from gitpod_sync.workers import Lane, ThreadWorkers

IMAGE = "gitpod-sync-bench/busybox:1"
PARALLEL = 8
RUN_FOR_EVER = ("/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1000 & wait; done")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. `baseline` is the peer's value in the same unit, `ratio` is value / baseline."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None

    def __str__(self) -> str:
        line = f"{self.name:<58} {self.value:9.3f} {self.unit}"
        return line if self.ratio is None else f"{line}   beside {self.baseline:9.3f}   ratio {self.ratio:5.2f}"

    def to_json(self) -> dict[str, object]:
        """As it stands in `build/bench.json`."""
        return asdict(self)


def compare(name: str, unit: str, pairs: list[tuple[float, float]]) -> Figure:
    """Medians of both sides, and the median of the ratios pair by pair."""
    ours, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(mine / other for mine, other in pairs)
    return Figure(name, statistics.median(ours), unit, statistics.median(theirs), ratio)


def find_peer(program: str) -> str | None:
    """A program to stand beside: the one that `make bench` puts into build/, or one on the PATH."""
    own = Path("build/peers/bin", program)
    return str(own) if own.exists() else shutil.which(program)


def timed(task: Callable[[], object]) -> float:
    """Seconds that the task takes."""
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def pods_of_two(count: int) -> Desired:
    """`count` pods of two containers each."""
    pods = [
        Pod(
            ObjectMeta(name=f"pod-{number:03}"),
            PodSpec(
                (Container("one", IMAGE, command=RUN_FOR_EVER), Container("two", IMAGE, command=RUN_FOR_EVER)),
                termination_grace_period_seconds=0,
            ),
        )
        for number in range(count)
    ]
    return Desired("bench", {pod.key: pod for pod in pods})


@dataclass(frozen=True, slots=True)
class Bench:
    """An instance of its own on the engine, with all that a reconciler needs."""

    client: APIClient
    deps: Deps
    wake: Wake

    @property
    def instance(self) -> Instance:
        """The instance under which everything is made."""
        return self.deps.instance


@contextmanager
def open_bench(client: APIClient) -> Iterator[Bench]:
    """Everything made during the block is removed after it."""
    instance = Instance(f"bench-{uuid.uuid4().hex[:8]}")
    wake, workers, engine = Wake(time.time), ThreadWorkers({**WORKERS, Lane.PULLS: PARALLEL}), DockerEngine(instance)
    with TemporaryDirectory() as state:
        history = History(Path(state) / "state.db")
        nonce, key = (lambda: uuid.uuid4().hex), DigestKey(secrets.token_bytes(32))
        prober = AsyncProber(engine, workers, wake.ring)
        deps = Deps(
            instance=instance,
            engine=engine,
            prober=prober,
            history=history,
            workers=workers,
            clock=time.time,
            nonce=nonce,
            ring=wake.ring,
            digest_key=key,
        )
        try:
            yield Bench(client, deps, wake)
        finally:
            prober.close()
            workers.close()
            engine.close()
            history.close()
            remove_all(client, f"{INSTANCE}={instance.name}")


def remove_all(client: APIClient, label: str) -> None:
    """Remove every container, network and volume with the label."""
    for container in client.containers(all=True, filters={"label": label}):
        client.remove_container(container["Id"], force=True, v=True)
    for network in client.networks(filters={"label": label}):
        client.remove_network(network["Id"])
    for volume in client.volumes(filters={"label": label})["Volumes"] or []:
        client.remove_volume(volume["Name"])
