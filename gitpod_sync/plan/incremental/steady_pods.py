"""Pods that run, that had nothing to be done when they were last planned, and of which nothing is different since.

What a pass plans for such a pod, the pass before has planned: nothing, until the time at which it asked to be looked at
again. The daemon sleeps by the same rule. So its state and its plan are taken as they were, and a pass costs what has
changed. Three things must hold for that: all that the plan of a pod goes by is in the pod itself or compared from pass
to pass (`pod_inputs` sees to it); facts about a pod go by names that it knows; and wherever its planning ends, it has
named the next time at which its state or its plan may be another.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from gitpod_sync.controllers.pod.container_state import StateKind
from gitpod_sync.controllers.pod.pod_state import Phase, PodState
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.model.engine.pods import ObservedPod, place_of
from gitpod_sync.model.records.probing import ProbeTarget
from gitpod_sync.plan.doors import Door, Doors, of_state
from gitpod_sync.plan.incremental.pod_inputs import Facts, Name, PodsSituation, changed_names, facts_of
from gitpod_sync.plan.pods.probing import compute_targets
from gitpod_sync.plan.situation import NodeSituation
from gitpod_sync.plan.steps import Draft
from gitpod_sync.plan.subjects import owner_in_key, sandbox_retry_key
from gitpod_sync.plan.workloads.config_digests import references_of_volumes


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A pod for which there was nothing to do, as it was gathered. `names` are those of all facts about it."""

    pod: ObservedPod
    state: PodState
    names: frozenset[Name]
    targets: tuple[ProbeTarget, ...]


class SteadyPods:
    """Kept from plan to plan; each begins with `look`. The others, which have to be planned anew, are restless."""

    def __init__(self) -> None:
        self._facts: Facts | None = None
        self._pods: Sequence[ObservedPod] = ()
        self._places: dict[int, int] = {}
        """Of pods, by their identity, in what was gathered; the lists below go by it."""
        self._states: list[PodState | None] = []
        self._targets: list[tuple[ProbeTarget, ...]] = []
        self._restless: set[int] = set()
        """Places."""
        self._computed: dict[int, int] = {}
        """Places of the states that were computed for this plan, by their identity."""
        self._all: tuple[PodState, ...] = ()
        """The states as they were last handed out."""
        self._quiet: dict[int, _Quiet] = {}
        """By the identity of the pod."""
        self._quiet_states: set[int] = set()
        """Their identities."""
        self._by_name: dict[Name, set[int]] = defaultdict(set)
        self._wakes: dict[int, float] = {}

    def look(self, pods: Sequence[ObservedPod], situation: NodeSituation) -> None:
        """Let go of those that are gone, of which something is different, or whose time has come."""
        before, self._facts = self._facts, facts_of(situation)
        if pods is not self._pods:
            self._forget(self._quiet.keys() - set(map(id, pods)))
            self._take_places(pods)
        changed = changed_names(before, self._facts, _owner) if before else None
        if changed is None:
            self._forget(tuple(self._quiet))
            return
        for name in changed & self._by_name.keys():
            self._forget(tuple(self._by_name.get(name, ())))
        self._forget([number for number, at in self._wakes.items() if at <= situation.now])

    def restless(self) -> Sequence[ObservedPod]:
        """The others, in their order."""
        return [self._pods[place] for place in sorted(self._restless)]

    def knows(self, workload: Key) -> bool:
        """Whether a pod of it is quiet."""
        return workload in self._by_name

    def states(self, computed: Iterable[PodState]) -> tuple[PodState, ...]:
        """All states, given those of the restless pods in their order."""
        found = dict(zip(sorted(self._restless), computed, strict=True))
        self._computed = {id(state): place for place, state in found.items()}
        for place, state in found.items():
            self._states[place] = state
        if found or not self._all:
            self._all = tuple([state for state in self._states if state])
        return self._all

    def awake(self, states: Sequence[PodState], called: Sequence[PodState]) -> Sequence[PodState]:
        """Those of the states that have to be planned: those of the restless ones, and who else is `called`."""
        if states is self._all:
            restless = [self._all[place] for place in self._restless]
            found = {id(state): state for state in (*restless, *called)}
            return sorted(found.values(), key=lambda state: place_of(state.pod))
        numbers = set(map(id, called))
        return [state for state in states if id(state) not in self._quiet_states or id(state) in numbers]

    def wake_at(self, called: Iterable[PodState]) -> float | None:
        """When a quiet one that is not `called` has to be looked at again."""
        if not self._wakes:
            return None
        uids = {state.pod.identity.uid for state in called}
        awaited = (at for number, at in self._wakes.items() if self._quiet[number].pod.identity.uid not in uids)
        return min(awaited, default=None)

    def plan(self, draft: Draft, state: PodState, pods: PodsSituation, plan: Callable[[], None]) -> None:
        """Plan a pod that stays. It may be steady from now on."""
        asked, situation = pods.asked.count, pods.situation
        watched, place = draft.watch(plan), self._computed.get(id(state))
        if place is None or watched.added or not _runs(state, situation.now):
            return
        if pods.asked.count != asked:
            return  # it goes by what is not compared
        if state.pod.identity.uid in situation.under_way.chains:
            return  # it was left alone
        found = _Quiet(self._pods[place], state, _names_of(state.pod), compute_targets(state, situation))
        number = id(found.pod)
        self._quiet[number], self._targets[place] = found, found.targets
        self._quiet_states.add(id(state))
        self._restless.discard(place)
        for name in found.names:
            self._by_name[name].add(number)
        if watched.wake_at is not None:
            self._wakes[number] = watched.wake_at

    def targets(self, situation: NodeSituation, doors: Doors) -> tuple[ProbeTarget, ...]:
        """The probes of all of them, after they were planned."""
        for place in self._restless:
            self._targets[place] = ()
        found = [(state, place) for place in self._restless if (state := self._states[place])]
        for state, place in doors.each(Door.PROBE, found, lambda each: of_state(each[0])):
            self._targets[place] = compute_targets(state, situation)
        return tuple(chain.from_iterable(self._targets))

    def _take_places(self, pods: Sequence[ObservedPod]) -> None:
        found = [self._quiet.get(id(pod)) for pod in pods]
        self._pods, self._places, self._all = pods, {id(pod): place for place, pod in enumerate(pods)}, ()
        self._states = [quiet.state if quiet else None for quiet in found]
        self._targets = [quiet.targets if quiet else () for quiet in found]
        self._restless = {place for place, quiet in enumerate(found) if quiet is None}

    def _forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            found, place = self._quiet.pop(number), self._places[number]
            self._quiet_states.discard(id(found.state))
            self._states[place], self._targets[place] = None, ()
            self._restless.add(place)
            self._wakes.pop(number, None)
            for name in found.names:
                self._by_name[name].discard(number)
                if not self._by_name[name]:
                    del self._by_name[name]


def _runs(state: PodState, now: float) -> bool:
    """Whether all of it runs, by the clock as it is: of anything else the plan goes by more than the facts here."""
    if state.phase is not Phase.RUNNING or state.outcome or state.lost or state.pod.adopted_by:
        return False
    return all(
        each.kind is StateKind.RUNNING and not lies_ahead(each.started_at or 0.0, now)
        for each in (*state.containers, *state.sidecars)
    )


def _owner(name: Name) -> Name:
    """Volumes, containers and hooks have names below that of their pod or container."""
    return name if isinstance(name, Key) else owner_in_key(name)


def _names_of(pod: ObservedPod) -> frozenset[Name]:
    identity = pod.identity
    containers = (*pod.containers, pod.sandbox) if pod.sandbox else pod.containers
    configs = (Key(kind, identity.namespace, name) for kind, name in references_of_volumes(identity.template.spec))
    ids = (each.id for each in containers)
    return frozenset((identity.uid, sandbox_retry_key(identity), identity.owner, *ids, *configs))
