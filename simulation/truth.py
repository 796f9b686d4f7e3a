"""Pods as they truly are on the engine, read by other eyes than those of the code that is on trial."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gitpod_sync.engines.memory.containers import SimulatedContainer
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.observed import ContainerStatus
from gitpod_sync.model.pods.hashing import template_from_label
from gitpod_sync.model.pods.pod import Container, PodTemplate
from simulation.verdicts import Verdicts

FAR = 60.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class TruePod:
    """A pod with everything of it that is on the engine; `sandbox` is None when only containers are left."""

    owner: Key
    name: str
    uid: str
    sandbox: SimulatedContainer | None
    containers: tuple[SimulatedContainer, ...] = ()
    template: PodTemplate | None = None

    @property
    def ending(self) -> bool:
        """It bears the mark."""
        return self.sandbox is not None and self.sandbox.name.endswith("_ending")

    @property
    def standing(self) -> bool:
        """It is there, and nobody has begun to end it."""
        return self.sandbox is not None and self.sandbox.alive and not self.ending

    @property
    def runs_something(self) -> bool:
        """A program of it runs."""
        return any(each.alive for each in self.containers)

    @property
    def template_hash(self) -> str:
        """Which version it is."""
        return self.sandbox.labels.get(labels.TEMPLATE_HASH, "") if self.sandbox else ""

    def latest(self, container: str) -> SimulatedContainer | None:
        """The last attempt of one container."""
        found = [each for each in self.containers if each.labels[labels.CONTAINER] == container]
        return max(found, key=lambda each: int(each.labels[labels.ATTEMPT]), default=None)

    def ready_since(self, verdicts: Verdicts) -> float | None:
        """Since when everything in it has been ready without a break; None while it is not."""
        sandbox = self.sandbox
        if sandbox is None or sandbox.status is not ContainerStatus.RUNNING or not sandbox.endpoints or self.ending:
            return None
        if self.template is None:
            return None
        spec = self.template.spec
        since = [_ready_since(each, self.latest(each.name), verdicts) for each in (*spec.sidecars, *spec.containers)]
        times = [each for each in since if each is not None]
        return max(times) if len(times) == len(since) else None

    def available(self, verdicts: Verdicts, now: float, min_ready_seconds: int = 0) -> bool:
        """It has been ready for so long."""
        since = self.ready_since(verdicts)
        # A time far ahead was taken before the clock was set back: it is past, and nobody knows how long.
        return since is not None and (since + min_ready_seconds <= now or since > now + FAR)

    def exit_code(self) -> int | None:
        """Of its containers together once all have ended: the worst; None while one has not, or is not there."""
        if self.template is None:
            return None
        ended = [self.latest(each.name) for each in self.template.spec.containers]
        if any(each is None or each.status is not ContainerStatus.EXITED for each in ended):
            return None
        return max((each.exit_code for each in ended if each), default=None)


def read_pods(engine: MemoryEngine) -> tuple[TruePod, ...]:
    """Every pod under the instance's labels, by name and UID."""
    sandboxes: dict[str, SimulatedContainer] = {}
    members: dict[str, list[SimulatedContainer]] = defaultdict(list)
    for container in _ours(engine):
        uid = container.labels.get(labels.UID, "")
        if labels.CONTAINER in container.labels:
            members[uid].append(container)
        elif labels.TEMPLATE in container.labels and uid not in sandboxes:
            sandboxes[uid] = container
    pods = [_pod(uid, sandboxes.get(uid), members.get(uid, [])) for uid in sandboxes.keys() | members.keys()]
    return tuple(sorted(pods, key=lambda pod: (str(pod.owner), pod.name, pod.uid)))


def owner_of(found: Mapping[str, str]) -> Key:
    """The workload that labels name."""
    kind, _, name = found.get(labels.OWNER, "").partition("/")
    return Key(kind, found.get(labels.NAMESPACE, ""), name)


@dataclass(slots=True)
class Touched:
    """What somebody's hand has been on: ids of containers. What follows from that is nobody's broken promise."""

    containers: set[str] = field(default_factory=set)

    def has(self, pod: TruePod) -> bool:
        """Whether anything of the pod was touched."""
        ids = {each.id for each in (*pod.containers, *([pod.sandbox] if pod.sandbox else []))}
        return bool(ids & self.containers)


def _ours(engine: MemoryEngine) -> Iterator[SimulatedContainer]:
    return (each for each in engine.containers.values() if each.labels.get(labels.INSTANCE) == engine.instance.name)


def _pod(uid: str, sandbox: SimulatedContainer | None, members: list[SimulatedContainer]) -> TruePod:
    known = (sandbox or members[0]).labels
    template = template_from_label(sandbox.labels[labels.TEMPLATE]) if sandbox else None
    return TruePod(owner_of(known), known.get(labels.POD, ""), uid, sandbox, tuple(members), template)


def _ready_since(container: Container, last: SimulatedContainer | None, verdicts: Verdicts) -> float | None:
    if last is None or last.status is not ContainerStatus.RUNNING or last.started_at is None:
        return None
    known = verdicts.of(last)
    if known.failed or (container.startup_probe and known.started_at is None):
        return None
    return known.ready_since if container.readiness_probe else max(last.started_at, known.started_at or 0.0)
