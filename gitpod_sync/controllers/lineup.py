"""How a StatefulSet stands: what is at each of its places, and what is beyond them."""

from collections.abc import Container
from dataclasses import dataclass

from gitpod_sync.controllers.decision import EndPod
from gitpod_sync.controllers.places import ordinal_of, place_name
from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.stateful_sets import StatefulSet


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `index` counts from the first; `pod` is the one that stands there, None for none.

    `free`: nothing is there, not even a pod on its way out or a container that one has left behind. Until then no pod
    may come: two of one place would write to the same claims.
    """

    index: int
    ordinal: int
    name: str
    pod: PodState | None
    available: bool
    free: bool

    def is_of(self, version: str) -> bool:
        """Whether its pod is of the version with this hash."""
        return self.pod is not None and self.pod.pod.identity.template_hash == version


@dataclass(frozen=True, slots=True)
class Lineup:
    """`places` by ordinal. `beyond` are the pods that stand outside of them, the highest ordinal first.

    `over` are pods that can do nothing any more and have to go whatever else happens. `clearing`: something outside of
    the places is still on its way out. `present` are the ordinals of which anything at all is there.
    """

    places: tuple[Place, ...]
    beyond: tuple[PodState, ...]
    over: tuple[EndPod, ...]
    clearing: bool
    present: frozenset[int]

    @property
    def standing(self) -> tuple[PodState, ...]:
        """All pods that stand, in their places and beyond."""
        return (*(place.pod for place in self.places if place.pod), *self.beyond)

    @property
    def unavailable(self) -> int:
        """How many places have no pod that is available."""
        return sum(not place.available for place in self.places)


def line_up(workload: StatefulSet, view: WorkloadView) -> Lineup:
    """Sort the pods of the set to its places."""
    standing: dict[str, PodState] = {}
    over = []
    living = (state for state in view.pods if not state.pod.ending and not state.pod.evicted)
    for state in sorted(living, key=_oldest_first):
        cause = _why_over(state, standing)
        if cause:
            over.append(EndPod(state.pod, cause))
        else:
            standing[state.pod.identity.name] = state
    names = {place_name(workload, ordinal): ordinal for ordinal in workload.ordinals}
    occupied = {state.pod.identity.name for state in view.pods}.union(view.orphans)
    places = (
        _place(workload, index, name, standing.get(name), view, free=name not in occupied)
        for index, name in enumerate(names)
    )
    outside = (state for name, state in standing.items() if name not in names)
    ordinals = (ordinal_of(workload.metadata.name, name) for name in occupied)
    return Lineup(
        tuple(places),
        tuple(sorted(outside, key=lambda state: _rank(workload, state), reverse=True)),
        tuple(over),
        clearing=bool(occupied - names.keys() - standing.keys()),
        present=frozenset(ordinal for ordinal in ordinals if ordinal is not None),
    )


def _place(
    workload: StatefulSet, index: int, name: str, pod: PodState | None, view: WorkloadView, *, free: bool
) -> Place:
    available = pod is not None and pod.available(view.now, workload.spec.min_ready_seconds)
    return Place(index, workload.ordinals[index], name, pod, available, free)


def _oldest_first(state: PodState) -> tuple[float, str]:
    return (state.pod.sandbox.created_at if state.pod.sandbox else float("inf"), state.pod.identity.uid)


def _rank(workload: StatefulSet, state: PodState) -> tuple[float, str]:
    """By ordinal; above all of them a name that the set never gives."""
    name = state.pod.identity.name
    ordinal = ordinal_of(workload.metadata.name, name)
    return (float("inf") if ordinal is None else ordinal, name)


def _why_over(state: PodState, standing: Container[str]) -> str:
    if state.lost:
        return state.lost
    if state.outcome:
        return f"it has {state.outcome.lower()}{f': {state.reason}' if state.reason else ''}"
    return "it is there twice" if state.pod.identity.name in standing else ""
