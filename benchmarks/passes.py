"""A pass over very many pods that are in sync, on the simulated engine: what deciding costs, and how that grows.

Then one workload is changed: what that adds to a pass belongs to that workload alone, among however many it is.
"""

import statistics
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import Figure, compare
from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.containers import Behaviour, SimulatedContainer
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.prober import MemoryProber
from gitpod_sync.loop.reconciler import Deps, Reconciler
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import SANDBOX_IMAGE, Instance
from gitpod_sync.model.base.meta import Key, ObjectMeta
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.node import NodeSettings
from gitpod_sync.model.engine.observed import ContainerStatus, ImageInfo
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.model.settings import Settings
from gitpod_sync.model.workloads.workloads import Deployment, DeploymentSpec
from gitpod_sync.operations.operations import CreateContainer
from gitpod_sync.plan.steps import Plan
from gitpod_sync.status.history import History
from gitpod_sync.workers import PatientWorkers

SIZES = (1000, 10_000)
"""Pods, of two containers each, in Deployments of ten."""

REPLICAS = 10
SETTINGS = Settings(node=NodeSettings(pods=1_000_000))
ROUNDS = 5


def measure_passes() -> Iterator[Figure]:
    """CPU of a quiet pass for each size, how it grows, and of one that finds one workload changed."""
    quiet = {}
    for pods in SIZES:
        pairs = _Instance(pods).measure()
        quiet[pods] = statistics.median(beside for _, beside in pairs)
        yield Figure(f"pass over {pods} pods in sync, simulated engine: CPU", quiet[pods], "ms")
        yield compare(f"the same with one changed workload of {pods // REPLICAS}: CPU", "ms", pairs)
        added = statistics.median(changed - beside for changed, beside in pairs)
        yield Figure("what the changed workload adds", added, "ms")
    few, many = SIZES
    growth = quiet[many] / quiet[few]
    yield Figure(f"growth of a pass from {few} to {many} pods", growth, "times", many / few, growth / (many / few))


class _Instance:
    """So many pods that run as they should."""

    def __init__(self, pods: int) -> None:
        instance, clock = Instance("bench"), HandWoundClock()
        self._engine = MemoryEngine(instance, clock)
        self._desired = _desired(pods // REPLICAS)
        self._clock, self._workers = clock, PatientWorkers()
        key, nonce = DigestKey(b"a key of the benchmarks"), lambda: uuid.uuid4().hex
        prober, history = MemoryProber(self._engine), History(Path(":memory:"))
        deps = Deps(
            instance=instance,
            engine=self._engine,
            prober=prober,
            history=history,
            workers=self._workers,
            clock=clock,
            nonce=nonce,
            ring=lambda: None,
            digest_key=key,
            settings=SETTINGS,
        )
        for image in (SANDBOX_IMAGE, "web:1", "web:2"):
            self._engine.images[image] = ImageInfo(f"sha256:{image}")
        self._engine.networks[instance.network] = {labels.INSTANCE: instance.name}
        _carry_out(Reconciler(deps, {}).run_pass(self._desired), self._engine)
        clock.advance(60)
        self._reconciler = Reconciler(deps, {})
        assert len(self._reconciler.run_pass(self._desired).pods) == pods

    def measure(self) -> list[tuple[float, float]]:
        """Milliseconds of CPU of passes that find another image for one more workload, each beside a quiet one."""
        pairs = []
        for number in range(ROUNDS):
            quiet = self._pass(quiet=True)
            self._change(f"web-{number:04}")
            pairs.append((self._pass(quiet=False), quiet))
            self._settle()
        return pairs

    def _change(self, name: str) -> None:
        key = Key("Deployment", "default", name)
        changed = Deployment(ObjectMeta(name=name), _spec(name, "web:2"))
        self._desired = Desired(f"with another {name}", {**self._desired.workloads, key: changed})

    def _pass(self, *, quiet: bool) -> float:
        begin = time.process_time()
        plan = self._reconciler.run_pass(self._desired)
        spent = (time.process_time() - begin) * 1000
        assert plan.settled is quiet, plan.steps[:3]
        return spent

    def _settle(self) -> None:
        """The change is carried out: that is not what is measured."""
        while not self._reconciler.run_pass(self._desired).settled:
            self._workers.work()
            self._clock.advance(1)


def _desired(deployments: int) -> Desired:
    made = [
        Deployment(ObjectMeta(name=f"web-{number:04}"), _spec(f"web-{number:04}", "web:1"))
        for number in range(deployments)
    ]
    return Desired("bench", {each.key: each for each in made})


def _spec(app: str, image: str) -> DeploymentSpec:
    metadata = ObjectMeta(labels={"app": app})
    template = PodTemplate(PodSpec((Container("one", image), Container("two", image))), metadata)
    return DeploymentSpec(template, LabelSelector(match_labels={"app": app}), replicas=REPLICAS)


def _carry_out(plan: Plan, engine: MemoryEngine) -> None:
    """Everything that the plan creates runs: what the engine does for one, without its looking for names among many."""
    names: dict[str, str] = {}
    for number, step in enumerate(plan.steps):
        match step.operation:
            case CreateContainer(name, config):
                names[name] = f"{number:064x}"
                engine.containers[names[name]] = _running(names[name], name, _joined(config, names), engine, number)
            case _:
                pass


def _joined(config: ContainerConfig, names: dict[str, str]) -> ContainerConfig:
    head, _, sandbox = config.network.partition(":")
    return replace(config, network=f"{head}:{names[sandbox]}") if sandbox else config


def _running(
    identifier: str, name: str, config: ContainerConfig, engine: MemoryEngine, number: int
) -> SimulatedContainer:
    image, now = engine.images[config.image], engine.clock()
    made = SimulatedContainer(
        id=identifier,
        name=name,
        config=config,
        image=image,
        behaviour=Behaviour(),
        created_at=now,
        limits=config.limits,
    )
    made.status, made.started_at = ContainerStatus.RUNNING, now
    if not config.network.startswith("container:"):
        made.endpoints = {config.network: f"10.99.{number // 250 % 250}.{number % 250}"}
    return made
