"""The measurement of what containers use: when it is made, what it says, and that it costs nothing without need."""

import threading
from collections.abc import Mapping, Sequence

import pytest

from gitpod_sync.engines.memory.clock import HandWoundClock
from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.engines.node import ContainerUse
from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.watch import usage_watch as use_watch
from gitpod_sync.loop.watch.usage_watch import UsageWatch
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.workloads.autoscaling import Use


class Counters(MemoryEngine):
    """An engine of which a test says what it counts."""

    def __init__(self) -> None:
        super().__init__(Instance("sim"), HandWoundClock())
        self.counts: dict[str, ContainerUse] = {}
        self.asked: list[tuple[str, ...]] = []
        self.looked = threading.Event()

    def read_uses(self, containers: Sequence[str]) -> Mapping[str, ContainerUse]:
        self.asked.append(tuple(containers))
        self.looked.set()
        if self.unavailable:
            raise EngineUnavailable("gone")
        return {each: self.counts[each] for each in containers if each in self.counts}


class Measured:
    """A watch whose rounds the test makes itself; the engine's clock is a thousand seconds ahead of ours."""

    def __init__(self) -> None:
        self.engine = Counters()
        self.now = 100.0
        self.rings = 0
        self.watch = UsageWatch(self.engine, lambda: self.now, self._ring, by_hand=True)

    def _ring(self) -> None:
        self.rings += 1

    def count(self, container: str, cpu: int, memory: int = 7) -> None:
        self.engine.counts[container] = ContainerUse(memory, cpu, self.now + 1000)


def test_use_is_the_difference_of_two_counts() -> None:
    world = Measured()
    world.count("a", 5_000_000_000)
    world.watch.attend(frozenset({"a"}))
    assert world.watch.use == {}
    world.now = 110.0
    world.count("a", 6_000_000_000, memory=9)
    world.watch.measure()
    assert world.watch.use == {"a": Use(100, 9, 100.0, 110.0)}
    assert world.rings == 1


def test_a_container_is_counted_as_soon_as_it_is_known_and_others_are_not_counted_again() -> None:
    world = Measured()
    world.count("a", 0)
    world.watch.attend(frozenset({"a"}))
    world.watch.attend(frozenset({"a"}))
    world.now = 108.0
    world.count("b", 0)
    world.watch.attend(frozenset({"a", "b"}))
    assert world.engine.asked == [("a",), ("b",)]
    world.now = 110.0
    world.count("a", 1_000_000_000)
    world.count("b", 1_000_000_000)
    world.watch.measure()
    assert {name: (use.millicores, use.since) for name, use in world.watch.use.items()} == {
        "a": (100, 100.0),
        "b": (500, 108.0),
    }


def test_a_container_that_was_started_anew_is_not_measured_until_the_next_round() -> None:
    world = Measured()
    world.count("a", 5_000_000_000)
    world.watch.attend(frozenset({"a"}))
    world.now = 110.0
    world.count("a", 1_000_000)
    world.watch.measure()
    assert world.watch.use == {}
    world.now = 120.0
    world.count("a", 2_001_000_000)
    world.watch.measure()
    assert world.watch.use["a"].millicores == 200


def test_a_round_that_fails_costs_no_count() -> None:
    world = Measured()
    world.count("a", 0)
    world.watch.attend(frozenset({"a"}))
    world.now, world.engine.unavailable = 115.0, True
    try:
        world.watch.measure()
    except EngineUnavailable:
        world.engine.unavailable = False
    world.now = 130.0
    world.count("a", 3_000_000_000)
    world.watch.measure()
    assert world.watch.use == {"a": Use(100, 7, 100.0, 130.0)}


def test_without_containers_there_is_no_thread_and_with_them_there_is_one() -> None:
    engine = Counters()
    watch = UsageWatch(engine, engine.clock, lambda: None)
    before = threading.active_count()
    watch.attend(frozenset())
    assert threading.active_count() == before
    watch.attend(frozenset({"a"}))
    assert engine.looked.wait(5)
    watch.stop()
    assert threading.active_count() == before


def test_its_thread_measures_again_and_again_and_outlives_an_engine_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(use_watch, "MEASURE_EVERY", 0.01)
    engine, rung = Counters(), threading.Event()
    engine.unavailable = True
    watch = UsageWatch(engine, engine.clock, rung.set)
    watch.attend(frozenset({"a"}))
    assert engine.looked.wait(5)
    assert not rung.is_set()
    engine.unavailable = False
    assert rung.wait(5)
    rung.clear()
    assert rung.wait(5)
    watch.stop()
