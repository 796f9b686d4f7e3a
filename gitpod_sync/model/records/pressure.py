"""A node that runs out of something: what is looked at, from where on it is too little, and what a look has found.

Source of the words and numbers: Kubernetes, "Node-pressure Eviction": eviction signals, thresholds, node conditions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum


class Signal(StrEnum):
    """A measured resource. The node's file system holds containers, logs and volumes, the image file system images."""

    MEMORY_AVAILABLE = "memory.available"
    NODEFS_AVAILABLE = "nodefs.available"
    NODEFS_INODES_FREE = "nodefs.inodesFree"
    IMAGEFS_AVAILABLE = "imagefs.available"


class NodeCondition(StrEnum):
    """A condition of a node that bears pods badly."""

    MEMORY = "MemoryPressure"
    DISK = "DiskPressure"


def condition_of(signal: Signal) -> NodeCondition:
    """The condition that a signal below its threshold means."""
    return NodeCondition.MEMORY if signal is Signal.MEMORY_AVAILABLE else NodeCondition.DISK


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least that must be left of something: an amount, or with `percent` a share of the whole.

    `grace` None makes a hard threshold, which is answered at once. A soft one is answered when it has been met for so
    many seconds without a break.
    """

    signal: Signal
    amount: Decimal
    percent: bool = False
    grace: float | None = None

    def of(self, capacity: int) -> int:
        """In bytes (or inodes) of so many."""
        amount = self.amount * capacity / 100 if self.percent else self.amount
        return int(amount.to_integral_value(ROUND_CEILING))


DEFAULT_THRESHOLDS = (
    Threshold(Signal.MEMORY_AVAILABLE, Decimal(100 * 1024**2)),
    Threshold(Signal.NODEFS_AVAILABLE, Decimal(10), percent=True),
    Threshold(Signal.NODEFS_INODES_FREE, Decimal(5), percent=True),
    Threshold(Signal.IMAGEFS_AVAILABLE, Decimal(15), percent=True),
)


@dataclass(frozen=True, slots=True)
class EvictionSettings:
    """Times are in seconds. `hold`: how long a condition stays after the last look that met it.

    `pod_grace` is what a pod that is evicted for a soft threshold is given at most; hard ones give nothing.
    """

    thresholds: tuple[Threshold, ...] = DEFAULT_THRESHOLDS
    hold: float = 300.0
    pod_grace: int = 30


DEFAULT_EVICTION = EvictionSettings()


_UNTIL_NEXT_LOOK = 20.0
"""Seconds within which the next look has surely come: they are ten seconds apart."""


@dataclass(frozen=True, slots=True)
class Level:
    """The amount of a resource in bytes or inodes: left, and in all."""

    available: int
    capacity: int


@dataclass(frozen=True, slots=True)
class PodUse:
    """The use of a pod, in bytes: by container its working set of memory, and the bytes it has written with its log.

    `volumes` is the size of the pod's own volumes on the disk, by their names in the pod.
    """

    memory: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, int] = field(default_factory=dict)
    volumes: Mapping[str, int] = field(default_factory=dict)

    @property
    def storage(self) -> int:
        """Bytes of the pod on the node's disk."""
        return sum(self.written.values()) + sum(self.volumes.values())


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image on the engine with its references; `used` by a container, ours or not, running or not."""

    references: tuple[str, ...]
    used: bool


@dataclass(frozen=True, slots=True)
class NodeLook:
    """The result of one look at the node. `at` is in seconds since the epoch.

    A signal that cannot be had is not in `levels`. `uses`, by the UIDs of pods, and `images` are looked at only when
    they are needed: for a threshold that is met, and `uses` for pods with limits of storage from time to time.
    """

    at: float
    levels: Mapping[Signal, Level] = field(default_factory=dict)
    uses: Mapping[str, PodUse] = field(default_factory=dict)
    images: tuple[StoredImage, ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """A threshold with less than it asks for left, since the look at `since` without a break."""

    threshold: Threshold
    level: Level
    since: float

    @property
    def quantity(self) -> int:
        """The threshold in bytes or inodes."""
        return self.threshold.of(self.level.capacity)

    def is_due(self, at: float) -> bool:
        """Whether it is to be answered: a soft one only after its grace."""
        return self.threshold.grace is None or self.since + self.threshold.grace <= at


@dataclass(frozen=True, slots=True)
class HeldCondition:
    """A condition that came to be at `since` and was last met at `met_at`."""

    since: float
    met_at: float


@dataclass(frozen=True, slots=True)
class Pressure:
    """How the node stands after the last look. `met` are the thresholds that it met, memory first.

    `answered`: something was done about this look already; what comes of that is for the next one to find.
    """

    look: NodeLook = NodeLook(0.0)
    met: tuple[Met, ...] = ()
    conditions: Mapping[NodeCondition, HeldCondition] = field(default_factory=dict)
    answered: bool = False

    @property
    def due(self) -> Met | None:
        """The threshold to be answered first."""
        return next((met for met in self.met if met.is_due(self.look.at)), None)


NO_PRESSURE = Pressure()


def take_in(before: Pressure, look: NodeLook, settings: EvictionSettings) -> Pressure:
    """How the node stands after another look.

    A worked example with the default of 300 s: memory is short at 0 and at 10 and enough from 20 on; the condition came
    to be at 0 and lasts until 310.
    """
    since = {met.threshold: met.since for met in before.met}
    order = {signal: number for number, signal in enumerate(Signal)}
    met = tuple(
        Met(threshold, look.levels[threshold.signal], since.get(threshold, look.at))
        for threshold in sorted(settings.thresholds, key=lambda each: (order[each.signal], each.grace is not None))
        if threshold.signal in look.levels
        and look.levels[threshold.signal].available < threshold.of(look.levels[threshold.signal].capacity)
    )
    conditions = {
        condition: held for condition, held in before.conditions.items() if held.met_at + settings.hold > look.at
    }
    for each in met:
        condition = condition_of(each.threshold.signal)
        known = conditions.get(condition)
        conditions[condition] = HeldCondition(known.since if known else look.at, look.at)
    return Pressure(look, met, conditions)


def holding(pressure: Pressure, settings: EvictionSettings, now: float) -> Mapping[NodeCondition, float]:
    """The conditions that hold now, each with the time at which it ends if it is not met again.

    One that the last look has met holds at least until the next look can have said otherwise.
    """
    met = {condition_of(each.threshold.signal) for each in pressure.met}
    ends = {
        condition: held.met_at + (max(settings.hold, _UNTIL_NEXT_LOOK) if condition in met else settings.hold)
        for condition, held in sorted(pressure.conditions.items())
    }
    return {condition: end for condition, end in ends.items() if end > now}
