"""Pods that run, that had nothing to be done when they were last planned, and of which nothing is different since.

What a pass plans for such a pod, the pass before has planned: nothing, until the time at which it asked to be looked at
again. The daemon sleeps by the same rule. So its state and its plan are taken as they were, and a pass costs what has
changed. Two things must hold for that: all that the plan of a pod that runs goes by is either in the pod itself, in the
ground of the memo, or among the facts here; and facts about a pod go by names that it knows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from gitpod_sync.controllers.container_state import StateKind
from gitpod_sync.controllers.pod_state import Phase, PodState
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.meta import Key
from gitpod_sync.model.observed import ObservedNetwork
from gitpod_sync.model.pods import ObservedPod
from gitpod_sync.model.probing import ProbeTarget
from gitpod_sync.model.records import Record
from gitpod_sync.model.times import lies_ahead
from gitpod_sync.plan.config_digests import references_of_volumes
from gitpod_sync.plan.pods import SANDBOX_RETRY, sandbox_retry_key
from gitpod_sync.plan.probing import compute_targets
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft

K = TypeVar("K", str, Key)

_Name = str | Key
"""A fact's: a pod's UID, a container's id, a sandbox's retry key, or the key of a config or of the pod's workload."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What plans of running pods go by, as one pass has it. `named` are facts about single pods and containers."""

    now: float
    network: ObservedNetwork | None
    sets: tuple[frozenset[str], ...]
    named: tuple[Mapping[str, object], ...]
    records: Mapping[Key, Record]
    desired: Desired


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A pod for which there was nothing to do, as it was gathered. `names` are those of all facts about it."""

    pod: ObservedPod
    state: PodState
    names: frozenset[_Name]
    targets: tuple[ProbeTarget, ...]


@dataclass(frozen=True, slots=True)
class _All:
    """The states of all pods, and their probes, when all are quiet."""

    states: tuple[PodState, ...]
    targets: tuple[ProbeTarget, ...]


class QuietPods:
    """Kept from plan to plan; each begins with `look`."""

    def __init__(self) -> None:
        self._facts: _Facts | None = None
        self._seen: Sequence[ObservedPod] = ()
        self._quiet: dict[int, _Quiet] = {}
        """By the identity of the pod as it was gathered."""
        self._by_state: dict[int, _Quiet] = {}
        """By the identity of the state."""
        self._by_name: dict[_Name, set[int]] = defaultdict(set)
        self._wakes: dict[int, float] = {}
        self._restless: dict[int, ObservedPod] = {}
        """Pods as they were gathered, by the identity of the states that were computed of them for this plan."""
        self._all: _All | None = None
        """While nobody else is there."""

    def look(self, pods: Sequence[ObservedPod], situation: Situation) -> None:
        """Let go of those that are gone, of which something is different, or whose time has come."""
        before, self._facts = self._facts, _facts_of(situation)
        self._restless = {}
        if pods is not self._seen:
            self._seen, self._all = pods, None
            self._forget(self._quiet.keys() - set(map(id, pods)))
        changed = _changed(before, self._facts) if before else None
        if changed is None:
            self._forget(tuple(self._quiet))
            return
        for name in changed & self._by_name.keys():
            self._forget(tuple(self._by_name[name]))
        self._forget([number for number, at in self._wakes.items() if at <= situation.now])

    def restless(self) -> Sequence[ObservedPod]:
        """The others, in the order in which they were gathered."""
        return () if self._all else [pod for pod in self._seen if id(pod) not in self._quiet]

    def knows(self, workload: Key) -> bool:
        """Whether a pod of it is quiet."""
        return workload in self._by_name

    def states(self, computed: Sequence[PodState]) -> tuple[PodState, ...]:
        """All states, given those of the restless pods in their order."""
        if self._all:
            return self._all.states
        restless = self.restless()
        self._restless = {id(state): pod for pod, state in zip(restless, computed, strict=True)}
        others = {id(pod): state for pod, state in zip(restless, computed, strict=True)}
        quiet = self._quiet
        found = tuple([others.get(id(pod)) or quiet[id(pod)].state for pod in self._seen])
        if not others:
            targets = tuple(target for state in found for target in self._by_state[id(state)].targets)
            self._all = _All(found, targets)
        return found

    def awake(self, states: Sequence[PodState], called: Sequence[PodState]) -> Sequence[PodState]:
        """Those of the states that have to be planned: the ones that are `called`, and who is not quiet."""
        if self._all and states is self._all.states:
            return called
        numbers = set(map(id, called))
        return [state for state in states if id(state) not in self._by_state or id(state) in numbers]

    def wake_at(self, called: Iterable[PodState]) -> float | None:
        """When one that is not `called` has to be looked at again."""
        numbers = {id(self._by_state[id(state)].pod) for state in called if id(state) in self._by_state}
        return min((at for number, at in self._wakes.items() if number not in numbers), default=None)

    def plan(self, draft: Draft, state: PodState, situation: Situation, plan: Callable[[], None]) -> None:
        """Plan a pod that stays. It may turn out to be quiet from now on."""
        watched, pod = draft.watch(plan), self._restless.get(id(state))
        if watched.added or pod is None or not _runs(state, situation.now):
            return
        names, targets = _names_of(state.pod), compute_targets(state, situation)
        self._quiet[id(pod)] = self._by_state[id(state)] = _Quiet(pod, state, names, targets)
        for name in names:
            self._by_name[name].add(id(pod))
        if watched.wake_at is not None:
            self._wakes[id(pod)] = watched.wake_at

    def targets(self, states: Sequence[PodState], situation: Situation) -> tuple[ProbeTarget, ...]:
        """The probes of all of them, after they were planned."""
        if self._all and states is self._all.states:
            return self._all.targets
        quiet = self._by_state
        found = [
            each.targets if (each := quiet.get(id(state))) else compute_targets(state, situation) for state in states
        ]
        return tuple(chain.from_iterable(found))

    def _forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            found = self._quiet.pop(number)
            del self._by_state[id(found.state)]
            self._wakes.pop(number, None)
            for name in found.names:
                self._by_name[name].discard(number)
                if not self._by_name[name]:
                    del self._by_name[name]
            self._all = None


def _runs(state: PodState, now: float) -> bool:
    """Whether all of it runs, by the clock as it is: of anything else the plan goes by more than the facts here."""
    if state.phase is not Phase.RUNNING or state.outcome or state.lost or state.pod.adopted_by:
        return False
    return all(
        each.kind is StateKind.RUNNING and not lies_ahead(each.started_at or 0.0, now)
        for each in (*state.containers, *state.sidecars)
    )


def _facts_of(situation: Situation) -> _Facts:
    named: tuple[Mapping[str, object], ...] = (
        situation.health,
        situation.unhealthy,
        situation.stops,
        situation.hooks,
        situation.failures,
        situation.written,
    )
    sets = (situation.busy, situation.leaving)
    # The deciding thread goes on with the very mappings.
    return _Facts(
        situation.now,
        situation.observed.network,
        sets,
        tuple(map(dict, named)),
        dict(situation.records),
        situation.desired,
    )


def _changed(before: _Facts, after: _Facts) -> frozenset[_Name] | None:
    """The names of what is told otherwise now; None: it may be anything."""
    # After the clock was set back, times that were over may come again.
    if after.now < before.now or after.network != before.network:
        return None
    names: list[_Name] = []
    for old, new in zip(before.sets, after.sets, strict=True):
        names += map(_subject, old ^ new)
    for earlier, later in zip(before.named, after.named, strict=True):
        names += map(_subject, _differing(earlier, later))
    names += _differing(before.records, after.records)
    if before.desired is not after.desired:
        names += _differing(before.desired.configs, after.desired.configs)
        names += before.desired.workloads.keys() ^ after.desired.workloads.keys()
    return frozenset(names)


def _differing(old: Mapping[K, object], new: Mapping[K, object]) -> Iterator[K]:
    if old != new:
        yield from (key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _subject(name: str) -> str:
    """Volumes, containers and hooks have names below that of their pod or container."""
    return name if name.startswith(SANDBOX_RETRY) else name.partition("/")[0]


def _names_of(pod: ObservedPod) -> frozenset[_Name]:
    identity = pod.identity
    containers = (*pod.containers, pod.sandbox) if pod.sandbox else pod.containers
    configs = (Key(kind, identity.namespace, name) for kind, name in references_of_volumes(identity.template.spec))
    ids = (each.id for each in containers)
    return frozenset((identity.uid, sandbox_retry_key(identity), identity.owner, *ids, *configs))
