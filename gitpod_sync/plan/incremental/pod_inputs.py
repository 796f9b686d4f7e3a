"""What a pod that stays may be planned from: a part of its node's situation, and nothing else of it.

Every field of the situation is classified here. The pods are planned from a situation in which the fields that are not
meant for them are empty, and a pod that has asked for what nobody compares is not steady. So a pod is steady while all
that it was planned from is equal. A field that is new and not classified fails a test.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from gitpod_sync.model.base.meta import Key
from gitpod_sync.plan.situation import NodeSituation

K = TypeVar("K", str, Key)

Name = str | Key
"""A fact's: a pod's UID, a container's id, a sandbox's retry key, or the key of a config or of the pod's workload."""


class Reach(StrEnum):
    """Which pods a field concerns."""

    EVERY = "every pod"
    NAMED = "the pods that know the name of an entry, when the entry changes"
    THERE = "the pods that know the name of an entry, when it comes or goes"
    BARE = "the bare pods that know the name of an entry, when the entry changes"
    ASKED = "the pods that ask for it: these are not steady"
    NONE = "no pod that stays"
    TIME = "every pod: it says itself when it has to be looked at again"


REACHES: Mapping[str, Reach] = {
    "instance": Reach.EVERY,
    "settings": Reach.EVERY,
    "digest_key": Reach.EVERY,
    "now": Reach.TIME,
    "memo": Reach.NONE,
    "desired.commit": Reach.NONE,
    "desired.workloads": Reach.THERE,
    "desired.configs": Reach.NAMED,
    "desired.cron_jobs": Reach.NONE,
    "desired.identities": Reach.NONE,
    "desired.let_go": Reach.NONE,
    # What a pod consists of is in the pod. Others are asked for a name that it lacks, images for a new attempt.
    "observed.containers": Reach.ASKED,
    "observed.volumes": Reach.ASKED,
    "observed.network": Reach.EVERY,
    "observed.stray_networks": Reach.NONE,
    "observed.node": Reach.EVERY,
    "observed.images": Reach.ASKED,
    "remembered.ending_since": Reach.NONE,
    "remembered.stops": Reach.NAMED,
    "remembered.hooks": Reach.NAMED,
    "remembered.health": Reach.NAMED,
    "remembered.unhealthy": Reach.NAMED,
    "remembered.written": Reach.NAMED,
    "remembered.pulled_at": Reach.ASKED,
    "remembered.brought": Reach.NONE,
    "remembered.failures": Reach.NAMED,
    "remembered.since": Reach.NONE,
    "remembered.resized": Reach.NONE,
    "remembered.records": Reach.BARE,
    "remembered.interventions": Reach.NONE,
    "remembered.image_digests": Reach.NONE,
    "remembered.forgetful": Reach.NONE,
    "under_way.chains": Reach.NAMED,
    "under_way.starting": Reach.ASKED,
    "under_way.leaving": Reach.NAMED,
    "measured.pressure": Reach.NONE,
    "measured.pulling": Reach.ASKED,
    "measured.use": Reach.NONE,
}
"""Every field of a `NodeSituation`, and of the groups that it is made of."""


class Asked:
    """How often anybody has asked for what is not compared."""

    def __init__(self) -> None:
        self.count = 0


@dataclass(frozen=True, slots=True)
class PodsSituation:
    """What the pods that stay are planned from in one pass."""

    situation: NodeSituation
    asked: Asked


def situation_of_pods(situation: NodeSituation) -> PodsSituation:
    """The situation with what is not meant for the pods left empty, and what is not compared counted."""
    asked, groups = Asked(), {}
    for group, fields in _grouped().items():
        found = getattr(situation, group)
        empty = type(found)()
        groups[group] = replace(
            found,
            **{
                name: getattr(empty, name) if reach is Reach.NONE else _counted(getattr(found, name), asked)
                for name, reach in fields
            },
        )
    return PodsSituation(replace(situation, **groups), asked)


class _CountedTuple(tuple[Any, ...]):  # noqa: SLOT001 - who counts is an attribute, which a tuple has no slot for
    """Counts each look at what it holds."""

    asked: Asked

    def __iter__(self) -> Iterator[Any]:
        self.asked.count += 1
        return super().__iter__()

    def __contains__(self, each: object) -> bool:
        self.asked.count += 1
        return super().__contains__(each)

    def __len__(self) -> int:
        self.asked.count += 1
        return super().__len__()


class _CountedMapping(Mapping[Any, Any]):
    """Counts each look at what it holds."""

    def __init__(self, found: Mapping[Any, Any], asked: Asked) -> None:
        self._found, self._asked = found, asked

    def __getitem__(self, key: object) -> Any:
        self._asked.count += 1
        return self._found[key]

    def __iter__(self) -> Iterator[Any]:
        self._asked.count += 1
        return iter(self._found)

    def __len__(self) -> int:
        self._asked.count += 1
        return len(self._found)


def _counted(found: Mapping[Any, Any] | tuple[Any, ...], asked: Asked) -> Mapping[Any, Any] | tuple[Any, ...]:
    if isinstance(found, Mapping):
        return _CountedMapping(found, asked)
    counted = _CountedTuple(found)
    counted.asked = asked
    return counted


@dataclass(frozen=True, slots=True)
class Facts:
    """All that steady pods may be planned from, as one pass has it."""

    now: float
    """The time of the pass, in seconds since the epoch."""
    shared: tuple[object, ...]
    """Facts that concern every pod."""
    sets: tuple[frozenset[str], ...]
    """Names of which nothing is said but that they are in there."""
    named: tuple[Mapping[Any, object], ...]
    """Facts about single pods and containers."""
    there: tuple[Collection[Key], ...]
    """Names of what is there, whatever it is."""
    bare: tuple[Mapping[Key, object], ...]
    """Facts of which those about bare pods concern these."""


def facts_of(situation: NodeSituation) -> Facts:
    """Copies: the deciding thread goes on with the very mappings."""
    named = _values(situation, Reach.NAMED)
    return Facts(
        situation.now,
        _values(situation, Reach.EVERY),
        tuple(each for each in named if isinstance(each, frozenset)),
        tuple(dict(each) for each in named if not isinstance(each, frozenset)),
        tuple(each.keys() for each in _values(situation, Reach.THERE)),
        tuple(map(dict, _values(situation, Reach.BARE))),
    )


def changed_names(before: Facts, after: Facts, subject_of: Callable[[Name], Name]) -> frozenset[Name] | None:
    """The names of what is told otherwise now; None: it may be anything."""
    # After the clock was set back, times that were over may come again.
    if after.now < before.now or after.shared != before.shared:
        return None
    names: list[Name] = []
    for old, new in zip(before.sets, after.sets, strict=True):
        names += map(subject_of, old ^ new)
    for earlier, later in zip(before.named, after.named, strict=True):
        names += map(subject_of, _differing(earlier, later))
    for first, last in zip(before.there, after.there, strict=True):
        if first is not last:
            names += set(first) ^ set(last)
    for earlier, later in zip(before.bare, after.bare, strict=True):
        names += (key for key in _differing(earlier, later) if key.kind == "Pod")
    return frozenset(names)


def _differing(old: Mapping[Any, object], new: Mapping[Any, object]) -> Iterator[Any]:
    if old != new:
        yield from (key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _values(situation: NodeSituation, reach: Reach) -> tuple[Any, ...]:
    return tuple(get(situation) for get in _getters(reach))


@cache
def _getters(reach: Reach) -> tuple[Callable[[NodeSituation], Any], ...]:
    return tuple(attrgetter(path) for path, found in REACHES.items() if found is reach)


@cache
def _grouped() -> Mapping[str, tuple[tuple[str, Reach], ...]]:
    """By group: the fields that the pods do not get as they are."""
    found: dict[str, tuple[tuple[str, Reach], ...]] = {}
    for path, reach in REACHES.items():
        group, _, name = path.partition(".")
        if name and reach in {Reach.NONE, Reach.ASKED}:
            found[group] = (*found.get(group, ()), (name, reach))
    return found
