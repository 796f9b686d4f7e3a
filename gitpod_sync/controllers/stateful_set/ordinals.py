"""How a StatefulSet stands: what is at each of its places, and what is beyond them."""

from collections.abc import Iterator
from dataclasses import dataclass

from gitpod_sync.controllers.decision import EndPod
from gitpod_sync.controllers.pod.pod_state import PodState, why_over
from gitpod_sync.controllers.stateful_set.stable_identity import ordinal_of, place_name
from gitpod_sync.controllers.view import WorkloadView
from gitpod_sync.model.workloads.stateful_sets import StatefulSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of a StatefulSet."""

    index: int
    """Counted from the first place, 0."""
    ordinal: int
    """The number in its pod's name; the first place may have any."""
    name: str
    """The name of its pod."""
    pod: PodState | None
    """The pod that stands there; None for none, or for one on its way out."""
    available: bool
    """Whether that pod has been ready for long enough."""
    free: bool
    """Nothing is there, not even a pod on its way out or a container that one has left behind.

    Until then no pod may come: two of one place would write to the same claims.
    """

    def is_of(self, version: str) -> bool:
        """Whether its pod is of the version with this hash."""
        return self.pod is not None and self.pod.pod.identity.template_hash == version


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """The pods of a StatefulSet, sorted to its places."""

    workload: StatefulSet
    """The set as Git has it."""
    taken: tuple[Place, ...]
    """Places that have a pod or something left of one, by ordinal; all others are free."""
    beyond: tuple[PodState, ...]
    """Pods that stand outside of the places, the highest ordinal first."""
    over: tuple[EndPod, ...]
    """Pods that can do nothing any more and have to go whatever else happens."""
    clearing: bool
    """Something outside of the places is still on its way out."""
    present: frozenset[int]
    """Ordinals of which anything at all is there."""

    @property
    def places(self) -> Iterator[Place]:
        """All places by ordinal, free ones included; there may be more of them than anybody counts."""
        taken = {place.index: place for place in self.taken}
        for index in range(self.workload.spec.replicas):
            yield taken.get(index) or _free_place(self.workload, index)

    @property
    def free(self) -> int:
        """How many places are free."""
        return self.workload.spec.replicas - len(self.taken)

    @property
    def complete(self) -> bool:
        """Whether every place has a pod that is available."""
        return not self.free and all(place.available for place in self.taken)

    @property
    def standing(self) -> tuple[PodState, ...]:
        """All pods that stand, in their places and beyond."""
        return (*(place.pod for place in self.taken if place.pod), *self.beyond)

    @property
    def unavailable(self) -> int:
        """How many places have no pod that is available."""
        return self.free + sum(not place.available for place in self.taken)


def sort_by_ordinal(workload: StatefulSet, view: WorkloadView) -> Lineup:
    """Sort the pods of the set to its places."""
    standing: dict[str, PodState] = {}
    over = []
    living = (state for state in view.pods if not state.pod.ending and not state.pod.evicted)
    for state in sorted(living, key=_oldest_first):
        cause = why_over(state) or ("it is there twice" if state.pod.identity.name in standing else "")
        if cause:
            over.append(EndPod(state.pod, cause))
        else:
            standing[state.pod.identity.name] = state
    occupied = {state.pod.identity.name for state in view.pods}.union(view.orphans)
    by_ordinal = {ordinal_of(workload.metadata.name, name): name for name in occupied}
    present = frozenset(ordinal for ordinal in by_ordinal if ordinal is not None)
    within = sorted(ordinal for ordinal in present if ordinal in workload.ordinals)
    names = {by_ordinal[ordinal] for ordinal in within}
    outside = (state for name, state in standing.items() if name not in names)
    return Lineup(
        workload=workload,
        taken=tuple(_taken_place(workload, ordinal, standing.get(by_ordinal[ordinal]), view) for ordinal in within),
        beyond=tuple(sorted(outside, key=lambda state: _rank(workload, state), reverse=True)),
        over=tuple(over),
        clearing=bool(occupied - names - standing.keys()),
        present=present,
    )


def _taken_place(workload: StatefulSet, ordinal: int, pod: PodState | None, view: WorkloadView) -> Place:
    available = pod is not None and pod.available(view.now, workload.spec.min_ready_seconds)
    index = ordinal - workload.ordinals.start
    return Place(
        index=index, ordinal=ordinal, name=place_name(workload, ordinal), pod=pod, available=available, free=False
    )


def _free_place(workload: StatefulSet, index: int) -> Place:
    ordinal = workload.ordinals[index]
    return Place(index=index, ordinal=ordinal, name=place_name(workload, ordinal), pod=None, available=False, free=True)


def _oldest_first(state: PodState) -> tuple[float, str]:
    return (state.pod.sandbox.created_at if state.pod.sandbox else float("inf"), state.pod.identity.uid)


def _rank(workload: StatefulSet, state: PodState) -> tuple[float, str]:
    """Sort key: the ordinal; names that the set never gives come after all ordinals."""
    name = state.pod.identity.name
    ordinal = ordinal_of(workload.metadata.name, name)
    return (float("inf") if ordinal is None else ordinal, name)
