"""A pass over very many pods that are in sync, on the simulated engine: what deciding costs, and how that grows."""

import statistics
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import Figure
from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.containers import Behaviour, SimulatedContainer
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.memory.prober import MemoryProber
from gitpod_sync.execute.workers import Lane, Task
from gitpod_sync.loop.reconciler import Deps, Reconciler
from gitpod_sync.model import labels
from gitpod_sync.model.container import ContainerConfig
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.digest_key import DigestKey
from gitpod_sync.model.instance import SANDBOX_IMAGE, Instance
from gitpod_sync.model.meta import ObjectMeta
from gitpod_sync.model.node import NodeSettings
from gitpod_sync.model.observed import ContainerStatus, ImageInfo
from gitpod_sync.model.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.selector import LabelSelector
from gitpod_sync.model.settings import Settings
from gitpod_sync.model.workloads import Deployment, DeploymentSpec
from gitpod_sync.plan.operations import CreateContainer
from gitpod_sync.plan.steps import Plan
from gitpod_sync.status.history import History

SIZES = (1000, 10_000)
"""Pods, of two containers each, in Deployments of ten."""

REPLICAS = 10
SETTINGS = Settings(node=NodeSettings(pods=1_000_000))
ROUNDS = 5


def measure_passes() -> Iterator[Figure]:
    """CPU of a quiet pass for each size, how it grows, and what one changed workload adds."""
    quiet = {}
    for pods in SIZES:
        instance = _Instance(pods)
        quiet[pods] = instance.measure_quiet()
        yield Figure(f"pass over {pods} pods in sync, simulated engine: CPU", quiet[pods], "ms")
        yield Figure(f"the same with one changed workload of {pods // REPLICAS}: CPU", instance.measure_change(), "ms")
    few, many = SIZES
    growth = quiet[many] / quiet[few]
    yield Figure(f"growth of a pass from {few} to {many} pods", growth, "times", many / few, growth / (many / few))


class _Instance:
    """So many pods that run as they should."""

    def __init__(self, pods: int) -> None:
        instance, clock = Instance("bench"), HandWoundClock()
        self._engine = MemoryEngine(instance, clock)
        self._desired = _desired(pods // REPLICAS)
        self._workers = _Idle()
        key, nonce = DigestKey(b"a key of the benchmarks"), lambda: uuid.uuid4().hex
        prober, history = MemoryProber(self._engine), History(Path(":memory:"))
        deps = Deps(instance, self._engine, prober, history, self._workers, clock, nonce, lambda: None, key, SETTINGS)
        for image in (SANDBOX_IMAGE, "web:1", "web:2"):
            self._engine.images[image] = ImageInfo(f"sha256:{image}")
        self._engine.networks[instance.network] = {labels.INSTANCE: instance.name}
        _carry_out(Reconciler(deps, {}).run_pass(self._desired), self._engine)
        clock.advance(60)
        self._reconciler = Reconciler(deps, {})
        assert len(self._reconciler.run_pass(self._desired).pods) == pods

    def measure_quiet(self) -> float:
        """Milliseconds of CPU."""
        return statistics.median(self._pass(self._desired, steps=0) for _ in range(ROUNDS))

    def measure_change(self) -> float:
        """Milliseconds of CPU of a pass that finds another image for one of the workloads."""
        (key, deployment), *_ = sorted(self._desired.workloads.items())
        assert isinstance(deployment, Deployment)
        changed = Deployment(deployment.metadata, _spec("changed", "web:2"))
        return self._pass(Desired("changed", {**self._desired.workloads, key: changed}))

    def _pass(self, desired: Desired, steps: int | None = None) -> float:
        begin = time.process_time()
        plan = self._reconciler.run_pass(desired)
        spent = (time.process_time() - begin) * 1000
        assert steps is None or len(plan.steps) == steps, plan.steps[:3]
        assert plan.steps or steps == 0
        return spent


class _Idle:
    """Carries out nothing: it is not what is measured."""

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:
        """Leave it."""

    def close(self) -> None:
        """Nothing to give back."""


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
    made = SimulatedContainer(identifier, name, config, image, Behaviour(), now, config.limits)
    made.status, made.started_at = ContainerStatus.RUNNING, now
    if not config.network.startswith("container:"):
        made.endpoints = {config.network: f"10.99.{number // 250 % 250}.{number % 250}"}
    return made
