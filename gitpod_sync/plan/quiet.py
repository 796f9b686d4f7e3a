"""Pods that run, that had nothing to be done when they were last planned, and of which nothing is different since.

What a pass plans for such a pod, the pass before has planned: nothing, until the time at which it asked to be looked at
again. The daemon sleeps by the same rule. So its state and its plan are taken as they were, and a pass costs what has
changed. Two things must hold for that: all that the plan of a pod that runs goes by is either in the pod itself, in the
ground of the memo, or among the facts here; and facts about a pod go by names that it knows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from gitpod_sync.controllers.container_state import StateKind
from gitpod_sync.controllers.pod_state import Phase, PodState
from gitpod_sync.model.desired import Config
from gitpod_sync.model.memo import What
from gitpod_sync.model.meta import Key
from gitpod_sync.model.observed import ObservedNetwork
from gitpod_sync.model.pods import ObservedPod
from gitpod_sync.model.probing import ProbeTarget
from gitpod_sync.model.times import lies_ahead
from gitpod_sync.plan.config_digests import references_of_volumes
from gitpod_sync.plan.pods import SANDBOX_RETRY, sandbox_retry_key
from gitpod_sync.plan.probing import compute_targets
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Draft

K = TypeVar("K", str, Key)

_Name = str | Key
"""A fact's: the UID of a pod, the id of a container, the retry key of a sandbox, or the key of a config."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What plans of running pods go by, as one pass has it. `named` are facts of single pods and containers."""

    now: float
    network: ObservedNetwork | None
    busy: frozenset[str]
    named: tuple[Mapping[str, object], ...]
    configs: Mapping[Key, Config]


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A pod for which there was nothing to do. `names` are those of all facts about it."""

    state: PodState
    names: frozenset[_Name]
    wake_at: float | None
    targets: tuple[ProbeTarget, ...]


@dataclass(slots=True)
class _Left:
    """What one pass leaves to the next."""

    facts: _Facts | None = None
    pods: Mapping[str, _Quiet] = field(default_factory=dict)


_LEFT: What[_Left] = What("quiet pods")


class QuietPods:
    """Those that the last pass has left quiet, and those that this one does."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._next: dict[str, _Quiet] = {}
        self._before: Mapping[str, _Quiet] = {}
        self._changed: frozenset[_Name] = frozenset()
        left, facts = situation.memo.keep(_LEFT, _Left), _facts_of(situation)
        # After the clock was set back, times that were over may come again.
        if left.facts and left.facts.now <= facts.now and left.facts.network == facts.network:
            self._before, self._changed = left.pods, frozenset(_changed(left.facts, facts))
        left.facts, left.pods = facts, self._next

    def state_of(self, pod: ObservedPod) -> PodState | None:
        """The state of a pod that is quiet still; None for any other."""
        found = self._before.get(pod.identity.uid)
        if found is None or (found.wake_at is not None and found.wake_at <= self._situation.now):
            return None
        if self._changed and not self._changed.isdisjoint(found.names):
            return None
        return found.state if found.state.pod == pod else None

    def plan(self, draft: Draft, state: PodState, plan: Callable[[], None]) -> None:
        """Plan a pod that stays, unless its `state` is that of one that is quiet still."""
        uid = state.pod.identity.uid
        found = self._before.get(uid)
        if found is not None and found.state is state:
            draft.wake(found.wake_at)
            self._next[uid] = found
            return
        watched = draft.watch(plan)
        if not watched.added and _runs(state, self._situation.now):
            targets = compute_targets(state, self._situation)
            self._next[uid] = _Quiet(state, _names_of(state.pod), watched.wake_at, targets)

    def targets_of(self, state: PodState) -> tuple[ProbeTarget, ...]:
        """The probes of a pod, after it has been planned."""
        found = self._next.get(state.pod.identity.uid)
        return found.targets if found and found.state is state else compute_targets(state, self._situation)


def _runs(state: PodState, now: float) -> bool:
    """Whether all of it runs, by the clock as it is: of anything else the plan goes by more than the facts here."""
    if state.phase is not Phase.RUNNING or state.outcome or state.lost:
        return False
    return all(
        each.kind is StateKind.RUNNING and not lies_ahead(each.started_at or 0.0, now)
        for each in (*state.containers, *state.sidecars)
    )


def _facts_of(situation: Situation) -> _Facts:
    # What the deciding thread goes on changing is copied.
    named: tuple[Mapping[str, object], ...] = (
        situation.health,
        dict(situation.unhealthy),
        situation.stops,
        situation.hooks,
        situation.failures,
        dict(situation.written),
    )
    return _Facts(situation.now, situation.observed.network, situation.busy, named, situation.desired.configs)


def _changed(before: _Facts, after: _Facts) -> Iterator[_Name]:
    """The names of what is told otherwise now."""
    yield from map(_subject, before.busy ^ after.busy)
    for old, new in zip(before.named, after.named, strict=True):
        yield from map(_subject, _differing(old, new))
    yield from _differing(before.configs, after.configs)


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
    return frozenset((identity.uid, sandbox_retry_key(identity), *(each.id for each in containers), *configs))
