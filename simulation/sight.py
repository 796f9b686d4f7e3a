"""What the referee sees at the moment of a decision: how things truly are, and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.disruption import DisruptionReason
from gitpod_sync.operations.operations import CreateContainer, RemoveContainer, RenameContainer
from gitpod_sync.plan.steps import Plan, Step
from simulation.kinds.all import owns
from simulation.kinds.kind import Birth, Look
from simulation.ledger import Ledger
from simulation.truth import TruePod, owner_of, read_pods
from simulation.world import World


@dataclass(frozen=True, slots=True)
class Sight:
    """See `Look`; `calm` says that the faults have stopped, `busy` are the names of pods that calls are made for."""

    world: World
    plan: Plan
    pods: tuple[TruePod, ...]
    born: tuple[Birth, ...]
    ended: frozenset[str]
    coming: tuple[Birth, ...]
    leaving: frozenset[str]
    busy: frozenset[str]
    ledger: Ledger
    called_for: bool
    calm: bool

    def look_at(self, key: Key) -> Look[Any]:
        """One workload of Git's."""
        return Look(
            self.world.asked[key],
            self.world.clock(),
            tuple(pod for pod in self.pods if owns(key, pod.owner)),
            tuple(birth for birth in self.coming if owns(key, birth.owner)),
            self.leaving,
            tuple(birth for birth in self.born if owns(key, birth.owner)),
            self.ended,
            self.world.verdicts,
            self.world.touched,
            self.ledger,
            frozenset(wait.key.rpartition("/")[2] for wait in self.plan.waiting) | self.busy,
            any(each.workload == key and each.status.complete for each in self.plan.decisions),
            self.world.clock.jumps > 0,
            self.world.state_was_lost,
        )


@dataclass(slots=True)
class InFlight:
    """What was decided and has not shown on the engine yet."""

    births: dict[str, Birth] = field(default_factory=dict)
    """By UID."""
    ends: set[str] = field(default_factory=set)
    begun: set[Key] = field(default_factory=set)
    """Owners of the pods that the last decision makes."""

    def see(self, world: World, plan: Plan, ledger: Ledger, *, called_for: bool, calm: bool) -> Sight:
        """The present sight; what is decided now is remembered."""
        pods = read_pods(world.engine)
        own = {step.chain for step in plan.steps}
        self.births = {uid: each for uid, each in self.births.items() if _under_way(world, uid, own)}
        self.ends = {uid for uid in self.ends if _under_way(world, uid, own)}
        there = {pod.uid for pod in pods if pod.sandbox}
        coming = tuple(birth for uid, birth in self.births.items() if uid not in there)
        sandboxes = {pod.sandbox.id: pod.uid for pod in pods if pod.sandbox and pod.standing}
        born, ended = _births(plan.steps), _ends(plan.steps, sandboxes)
        leaving = frozenset(self.ends)
        unasked = {each.owner for each in ledger.ended.values()} - world.asked.keys()
        ledger.let_go({owner for owner in self.begun | unasked if owner.kind == "Pod"})
        ledger.note(pods, leaving)
        everybody = {pod.sandbox.id: pod.uid for pod in pods if pod.sandbox}
        ledger.given_up |= _ends(plan.steps, everybody) - ledger.ended.keys()
        drained = _drained(plan) & ended
        world.touched.containers |= {pod.sandbox.id for pod in pods if pod.sandbox and pod.uid in drained}
        decided = frozenset(ended - drained)
        names = {each.uid: each.name for each in pods} | {each.uid: each.name for each in coming}
        busy = frozenset(name for uid, name in names.items() if _under_way(world, uid, own))
        sight = Sight(world, plan, pods, tuple(born), decided, coming, leaving, busy, ledger, called_for, calm)
        self.births |= {birth.uid: birth for birth in born}
        self.ends |= ended
        self.begun = {birth.owner for birth in born}
        return sight


def _under_way(world: World, uid: str, own: set[str]) -> bool:
    return uid not in own and world.reconciler.is_under_way(uid)


def _births(steps: Sequence[Step]) -> list[Birth]:
    found = []
    for step in steps:
        match step.operation:
            case CreateContainer(_, config) if labels.CONTAINER not in config.labels:
                known = config.labels
                name, uid = known[labels.POD], known[labels.UID]
                found.append(Birth(name, uid, known[labels.TEMPLATE_HASH], known, owner_of(known)))
            case _:
                pass
    return found


def _drained(plan: Plan) -> set[str]:
    """UIDs of pods that go because a person wants the node: no workload has broken a promise."""
    return {uid for uid, each in plan.news.disruptions.items() if each.target is DisruptionReason.EVICTION}


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
