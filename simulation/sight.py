"""What the referee sees at the moment of a decision: how things truly are, and what was decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitpod_sync.model import labels
from gitpod_sync.model.meta import Key
from gitpod_sync.plan.operations import CreateContainer, RemoveContainer, RenameContainer
from gitpod_sync.plan.steps import Plan, Step
from simulation.kinds.kind import Birth, Look
from simulation.truth import TruePod, owner_of, read_pods
from simulation.world import World


@dataclass(frozen=True, slots=True)
class Sight:
    """`born` and `coming` are by workload (see `Look`); `calm` says that the faults have stopped."""

    world: World
    plan: Plan
    pods: tuple[TruePod, ...]
    born: Mapping[Key, Sequence[Birth]]
    ended: frozenset[str]
    coming: Mapping[Key, Sequence[Birth]]
    leaving: frozenset[str]
    called_for: bool
    calm: bool

    def look_at(self, key: Key) -> Look[Any]:
        """One workload of Git's."""
        return Look(
            self.world.desired.workloads[key],
            self.world.clock(),
            tuple(pod for pod in self.pods if pod.owner == key),
            tuple(self.coming.get(key, ())),
            self.leaving,
            tuple(self.born.get(key, ())),
            self.ended,
            self.world.verdicts,
            self.world.touched,
        )


@dataclass(slots=True)
class InFlight:
    """What was decided and has not shown on the engine yet."""

    births: dict[str, tuple[Key, Birth]] = field(default_factory=dict)
    """By UID."""
    ends: set[str] = field(default_factory=set)

    def see(self, world: World, plan: Plan, *, called_for: bool, calm: bool) -> Sight:
        """The present sight; what is decided now is remembered."""
        pods = read_pods(world.engine)
        own = {step.chain for step in plan.steps}
        self.births = {uid: each for uid, each in self.births.items() if _under_way(world, uid, own)}
        self.ends = {uid for uid in self.ends if _under_way(world, uid, own)}
        there = {pod.uid for pod in pods if pod.sandbox}
        coming: dict[Key, list[Birth]] = defaultdict(list)
        for uid, (key, birth) in self.births.items():
            if uid not in there:
                coming[key].append(birth)
        sandboxes = {pod.sandbox.id: pod.uid for pod in pods if pod.sandbox and pod.standing}
        born, ended = _births(plan.steps), _ends(plan.steps, sandboxes)
        sight = Sight(
            world,
            plan,
            pods,
            _by_owner(born),
            frozenset(ended),
            coming,
            frozenset(self.ends),
            called_for,
            calm,
        )
        self.births |= {birth.uid: (key, birth) for key, birth in born}
        self.ends |= ended
        return sight


def _under_way(world: World, uid: str, own: set[str]) -> bool:
    return uid not in own and world.reconciler.is_under_way(uid)


def _births(steps: Sequence[Step]) -> list[tuple[Key, Birth]]:
    found = []
    for step in steps:
        match step.operation:
            case CreateContainer(_, config) if labels.CONTAINER not in config.labels:
                known = config.labels
                birth = Birth(known[labels.POD], known[labels.UID], known[labels.TEMPLATE_HASH], known)
                found.append((owner_of(known), birth))
            case _:
                pass
    return found


def _ends(steps: Sequence[Step], sandboxes: Mapping[str, str]) -> set[str]:
    ended = set()
    for step in steps:
        match step.operation:
            case RenameContainer(identifier, name) if identifier in sandboxes and name.endswith("_ending"):
                ended.add(sandboxes[identifier])
            case RemoveContainer(identifier) if identifier in sandboxes:
                ended.add(sandboxes[identifier])
            case _:
                pass
    return ended


def _by_owner(born: Sequence[tuple[Key, Birth]]) -> Mapping[Key, Sequence[Birth]]:
    found: dict[Key, list[Birth]] = defaultdict(list)
    for key, birth in born:
        found[key].append(birth)
    return found
