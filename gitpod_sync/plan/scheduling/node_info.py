"""The guests of a node, counted once: from one plan to the next only those that are others are counted again."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.engine.node import Node
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.plan.scheduling.node_resources import Room
from gitpod_sync.plan.scheduling.pod_info import Guest, Register


@dataclass(frozen=True, slots=True)
class Seats:
    """A node as it is `now`, leaving guests included, and as it will be `later`, when they have left.

    `staying` gives the others, but for those that are over: they may have to go for somebody.
    """

    now: Room
    later: Room
    staying: Callable[[], Iterable[Guest]]


def seats_of(guests: Iterable[Guest], node: Node) -> Seats:
    """Seats of these and of nobody else."""
    guests = tuple(guests)
    now, later = Room(node), Room(node)
    for guest in guests:
        now.add(guest)
        if not guest.leaving:
            later.add(guest)
    return Seats(now, later, lambda: [guest for guest in guests if not (guest.leaving or guest.over)])


Standing = tuple[PodState, ...]


class Roll:
    """Kept from plan to plan."""

    def __init__(self, node: Node) -> None:
        self._register = Register()
        self._room = Room(node)
        self._by_uid: dict[str, Guest] = {}
        self._leaving: dict[str, Guest] = {}
        """Those that bear the mark of it, by UID."""
        self._standing: Standing = ()
        """Those that could not be seated."""

    def comer(self, identity: PodIdentity) -> Guest:
        """A pod that is not there yet."""
        return self._register.of_comer(identity)

    def follow(
        self, came: Iterable[PodState], gone: Iterable[PodState], each: Callable[[Standing], Iterable[PodState]] = iter
    ) -> None:
        """Others have come since the last plan, and some that were there have gone.

        `each` gives one after the other of those that can be seated; the rest is tried again the next time.
        """
        for state in gone:
            self._unseat(state)
        standing = {id(state): state for state in (*self._standing, *came)}
        for state in each(tuple(standing.values())):
            self._seat(state)
            del standing[id(state)]
        self._standing = tuple(standing.values())

    def call(self, ends: Collection[str], node: Node) -> Seats:
        """The seats of the pods; those in `ends`, by UID, are leaving as well."""
        leaving = self._leaving | {uid: self._by_uid[uid] for uid in ends if uid in self._by_uid}
        now, later = self._room.copy(node), self._room.copy(node)
        for guest in leaving.values():
            later.remove(guest)

        def staying() -> Iterable[Guest]:
            return [guest for uid, guest in self._by_uid.items() if not (guest.over or uid in leaving)]

        return Seats(now, later, staying)

    def _seat(self, state: PodState) -> None:
        guest = self._register.of_state(state, leaving=state.pod.ending or state.pod.evicted)
        self._room.add(guest)
        self._by_uid[guest.identity.uid] = guest
        if guest.leaving:
            self._leaving[guest.identity.uid] = guest

    def _unseat(self, state: PodState) -> None:
        uid = state.pod.identity.uid
        self._standing = tuple(each for each in self._standing if each is not state)
        if uid in self._by_uid:
            self._room.remove(self._by_uid.pop(uid))
        self._leaving.pop(uid, None)
