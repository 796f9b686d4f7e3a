"""Which pods go so that a pod of a higher priority has a place.

Source of the rules: Kubernetes, "Pod Priority and Preemption" (DefaultPreemption): only pods of a lower priority go,
the least important first, and none goes that could stay. Those whose disruption budget would be violated are asked
last, and are the first that may stay after all; no budget keeps out a pod of a higher priority. Where a budget allows
some to go, it is the least important here; Kubernetes counts from the most important.

A worked example, a pod of 3Gi, nothing left, and by importance: a (priority 0, 1Gi, new), b (0, 1Gi, old), c (5, 2Gi),
d (9, 4Gi). With a, b and c gone there is room, so that d is out of the question. Of the three, c is asked first whether
it could stay: with 2Gi back it could not; then b: it can. So a and c go.
"""

from collections.abc import Callable, Iterable, Sequence

from gitpod_sync.plan.scheduling.filters import obstacle_of_room
from gitpod_sync.plan.scheduling.node_resources import Room
from gitpod_sync.plan.scheduling.pod_info import Finder, Guest

Unwilling = Callable[[Sequence[Guest], Iterable[str]], frozenset[str]]
"""UIDs of those of the candidates that go last, when the others (by UID) are going."""


def nobody(candidates: Sequence[Guest], going: Iterable[str]) -> frozenset[str]:  # noqa: ARG001 - an `Unwilling`
    """All are willing."""
    return frozenset()


def choose_victims(
    guest: Guest, room: Room, candidates: Sequence[Guest], namespace_labels: Finder
) -> tuple[Guest, ...] | None:
    """Who has to go of the `candidates`, which are in `room`, in the order in which they go; None when it is in vain.

    They are taken out of `room` when there is an answer; else it is left as it was.
    """
    removed: list[Guest] = []
    for candidate in candidates:
        room.remove(candidate)
        removed.append(candidate)
        if obstacle_of_room(guest, room, namespace_labels) is None:
            return _without_spared(guest, room, removed, namespace_labels)
    for candidate in removed:
        room.add(candidate)
    return None


def _without_spared(guest: Guest, room: Room, removed: Sequence[Guest], namespace_labels: Finder) -> tuple[Guest, ...]:
    victims = []
    for candidate in reversed(removed):
        room.add(candidate)
        if obstacle_of_room(guest, room, namespace_labels) is not None:
            room.remove(candidate)
            victims.append(candidate)
    return tuple(reversed(victims))
