"""Looks at a node, one after the other: what is met, since when, and how long a condition stays."""

from decimal import Decimal

import pytest

from gitpod_sync.model.records.pressure import (
    DEFAULT_EVICTION,
    NO_PRESSURE,
    EvictionSettings,
    Level,
    NodeCondition,
    NodeLook,
    Pressure,
    Signal,
    Threshold,
    holding,
    take_in,
)

MI = 1024**2
SOFT = Threshold(Signal.MEMORY_AVAILABLE, Decimal(500 * MI), grace=30)
SETTINGS = EvictionSettings((*DEFAULT_EVICTION.thresholds, SOFT))


def memory(at: float, available: int) -> NodeLook:
    return NodeLook(at, {Signal.MEMORY_AVAILABLE: Level(available * MI, 16_000 * MI)})


def after(*looks: NodeLook) -> Pressure:
    pressure = NO_PRESSURE
    for look in looks:
        pressure = take_in(pressure, look, SETTINGS)
    return pressure


@pytest.mark.parametrize(
    ("signal", "level", "met"),
    [
        (Signal.MEMORY_AVAILABLE, Level(100 * MI, 16_000 * MI), False),
        (Signal.MEMORY_AVAILABLE, Level(100 * MI - 1, 16_000 * MI), True),
        (Signal.NODEFS_AVAILABLE, Level(10, 100), False),
        (Signal.NODEFS_AVAILABLE, Level(9, 100), True),
        (Signal.NODEFS_INODES_FREE, Level(5, 100), False),
        (Signal.NODEFS_INODES_FREE, Level(4, 100), True),
        (Signal.IMAGEFS_AVAILABLE, Level(15, 100), False),
        (Signal.IMAGEFS_AVAILABLE, Level(14, 100), True),
    ],
)
def test_the_default_thresholds_are_those_of_kubernetes(signal: Signal, level: Level, met: bool) -> None:
    pressure = take_in(NO_PRESSURE, NodeLook(0.0, {signal: level}), DEFAULT_EVICTION)
    assert bool(pressure.met) == met
    assert bool(pressure.due) == met


def test_a_condition_stays_five_minutes_after_it_was_last_met() -> None:
    pressure = after(memory(0, 50), memory(10, 50), memory(20, 900))
    assert holding(pressure, SETTINGS, 20) == {NodeCondition.MEMORY: 310}
    assert holding(pressure, SETTINGS, 309.9)
    assert not holding(pressure, SETTINGS, 310)
    assert not take_in(pressure, memory(310, 900), SETTINGS).conditions


def test_a_condition_that_is_met_again_has_lasted_since_it_began() -> None:
    pressure = after(memory(0, 50), memory(200, 900), memory(290, 50))
    (held,) = pressure.conditions.values()
    assert (held.since, held.met_at) == (0, 290)


def test_a_soft_threshold_is_due_when_it_was_met_for_its_grace_without_a_break() -> None:
    assert after(memory(0, 400), memory(20, 400)).due is None
    assert after(memory(0, 400), memory(20, 600), memory(40, 400)).due is None
    due = after(memory(0, 400), memory(20, 400), memory(30, 400)).due
    assert due is not None
    assert due.threshold == SOFT


def test_a_hard_threshold_is_answered_before_a_soft_one_and_memory_before_the_disk() -> None:
    looks = [NodeLook(at, {**memory(at, 50).levels, Signal.NODEFS_AVAILABLE: Level(1, 100)}) for at in (0.0, 30.0)]
    met = [(each.threshold.signal, each.threshold.grace) for each in after(*looks).met]
    assert met == [
        (Signal.MEMORY_AVAILABLE, None),
        (Signal.MEMORY_AVAILABLE, 30),
        (Signal.NODEFS_AVAILABLE, None),
    ]


def test_what_cannot_be_had_is_not_met() -> None:
    assert take_in(NO_PRESSURE, NodeLook(0.0), DEFAULT_EVICTION).met == ()


def test_a_condition_that_the_last_look_met_holds_until_the_next_look_however_short_it_is_held() -> None:
    brief = EvictionSettings(hold=4)
    pressure = take_in(NO_PRESSURE, memory(0, 50), brief)
    assert holding(pressure, brief, 12)
    assert not holding(take_in(pressure, memory(10, 900), brief), brief, 12)
