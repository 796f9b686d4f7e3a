"""The queue: pods that should come, the most important first, and what becomes of each.

Source of the rules: Kubernetes, "Pod Priority and Preemption". A pod comes when it fits beside all that is there. When
it would fit without those that are being ended, it waits, and the room is kept for it; when only pods of a lower
priority are in its way, they are ended, and the room is kept for it. Kept from those behind it in the queue: whoever
has no chance takes nothing from them.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.requests import Amounts
from gitpod_sync.model.scheduling.priority import PreemptionPolicy
from gitpod_sync.plan.scheduling import reasons as words
from gitpod_sync.plan.scheduling.admission import pressure_against, rejection
from gitpod_sync.plan.scheduling.filters import (
    UNSCHEDULABLE_NODE,
    Obstacle,
    is_unschedulable,
    obstacle_of_node,
    obstacle_of_room,
)
from gitpod_sync.plan.scheduling.node_info import Seats
from gitpod_sync.plan.scheduling.pod_info import Finder, Guest
from gitpod_sync.plan.scheduling.preemption import Unwilling, choose_victims, nobody


@dataclass(frozen=True, slots=True)
class Comer:
    """A pod that should come; `since` is when it first had to wait for a place, or now.

    One of a `crowd` is behind all others that have not waited for longer: their workload wants more than a node holds,
    and would take whatever room others leave for a moment.
    """

    guest: Guest
    policy: PreemptionPolicy = PreemptionPolicy.LOWER
    since: float = 0.0
    crowd: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a pod has no place: the reason people know, and a sentence. A place that is `promised` is kept for it."""

    reason: str
    message: str
    promised: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """`refused` by the UIDs of comers, the others have a place; `victims` by their own, with the comers they go for."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    victims: dict[str, PodIdentity] = field(default_factory=dict)


def in_order(comers: Iterable[Comer]) -> list[Comer]:
    """The queue: higher priorities first, then those that have waited for longer; else as they were given."""
    return sorted(comers, key=lambda comer: (-comer.guest.identity.priority, comer.since, comer.crowd))


def compute_placing(
    queue: Iterable[Comer],
    seats: Seats,
    node: Node,
    namespace_labels: Finder,
    kept: Amounts | None = None,
    unwilling: Unwilling = nobody,
) -> Placing:
    """What becomes of each in the queue. `seats` are those of the pods on the node: who comes takes his place there.

    `kept` is promised to those pods beyond what they have. `unwilling` tells who goes only when nobody else's going
    suffices.
    """
    placer = _Placer(seats, node, namespace_labels, kept or {}, unwilling)
    for comer in queue:
        placer.place(comer)
    return placer.placing


class _Placer:
    """Gives out seats of a node to one after the other."""

    def __init__(self, seats: Seats, node: Node, namespace_labels: Finder, kept: Amounts, unwilling: Unwilling) -> None:
        self.placing = Placing()
        self._unwilling = unwilling
        self._node = node
        self._namespace_labels = namespace_labels
        self._seats = seats
        self._now, self._later = seats.now, seats.later
        self._later.take(kept)
        self._answers: dict[tuple[int, int, PreemptionPolicy], Refusal] = {}
        """Refusals of pods that are alike: what has no place finds none in a room that only fills."""

    @cached_property
    def _candidates(self) -> list[Guest]:
        """Who may have to go, the least important first."""
        return sorted(self._seats.staying(), key=lambda guest: guest.importance)

    def place(self, comer: Comer) -> None:
        """Let it in, or refuse it."""
        guest = comer.guest
        alike = (id(guest.kin), guest.identity.priority, comer.policy)
        refusal = self._answers.get(alike)
        if refusal is None:
            refusal = self._ask(comer)
            if refusal is not None and not refusal.promised:
                self._answers[alike] = refusal
        if refusal is not None:
            self.placing.refused[guest.identity.uid] = refusal

    def _ask(self, comer: Comer) -> Refusal | None:
        guest = comer.guest
        bound = guest.kin.spec.node_name == self._node.name
        obstacle = self._barrier(guest) if bound else obstacle_of_node(guest, self._node)
        if obstacle is not None:
            return _refusal(obstacle, words.NOT_HELPFUL)
        condition = pressure_against(guest, self._node)
        if condition:
            return Refusal(words.UNSCHEDULABLE, words.render_condition(condition))
        if bound:
            return self._admit(guest)
        later = obstacle_of_room(guest, self._later, self._namespace_labels)
        if later is None:
            now = obstacle_of_room(guest, self._now, self._namespace_labels)
            self._later.add(guest)
            if now is None:
                self._now.add(guest)
                return None
            return _refusal(now, words.LEAVING, promised=True)
        return self._make_room(comer, later)

    def _barrier(self, guest: Guest) -> Obstacle | None:
        """A pod that names the node comes to a cordoned one, as in Kubernetes, but not to one that is drained of it."""
        return UNSCHEDULABLE_NODE if self._node.drained and is_unschedulable(guest, self._node) else None

    def _admit(self, guest: Guest) -> Refusal | None:
        for room in (self._now, self._later):
            obstacle = rejection(guest, room)
            if obstacle is not None:
                return Refusal(*words.render_rejection(guest, obstacle, room))
        self._now.add(guest)
        self._later.add(guest)
        return None

    def _make_room(self, comer: Comer, obstacle: Obstacle) -> Refusal:
        if obstacle.helpless:
            return _refusal(obstacle, words.NOT_HELPFUL)
        if comer.policy is PreemptionPolicy.NEVER:
            return _refusal(obstacle, words.NEVER)
        guest = comer.guest
        lower = self._candidates[: bisect_left(self._candidates, guest.identity.priority, key=_priority)]
        last = self._unwilling(lower, self.placing.victims)
        lower.sort(key=lambda each: each.identity.uid in last)
        victims = choose_victims(guest, self._later, lower, self._namespace_labels)
        if victims is None:
            return _refusal(obstacle, words.NO_VICTIMS)
        going = {victim.identity.uid for victim in victims}
        self._candidates = [each for each in self._candidates if each.identity.uid not in going]
        self.placing.victims.update(dict.fromkeys(sorted(going), guest.identity))
        self._later.add(guest)
        named = ", ".join(sorted(str(victim.identity) for victim in victims))
        return _refusal(obstacle, f"ending {named}, of a lower priority.", promised=True)


def _priority(guest: Guest) -> int:
    return guest.identity.priority


def _refusal(obstacle: Obstacle, preemption: str, *, promised: bool = False) -> Refusal:
    return Refusal(words.UNSCHEDULABLE, words.render_obstacle(obstacle, preemption), promised)
