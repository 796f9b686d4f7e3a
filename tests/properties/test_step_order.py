"""No step starts before all that it is after have succeeded, whatever the chains, the order and the failures."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.errors import EngineError
from gitpod_sync.execute.dispatch import Dispatcher
from gitpod_sync.operations.operations import StartContainer
from gitpod_sync.plan.backlog import Backlog
from gitpod_sync.plan.steps import Draft, Plan, Step
from gitpod_sync.plan.subjects import Part, Subject
from gitpod_sync.workers import Lane, Task, ThreadWorkers

STEPS = 12
CHAINS = ("web", "db", "cache", "image/web")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Step, ...]:
    """Steps of some chains, each after any earlier ones."""

    def step(number: int) -> Step:
        earlier = draw(st.sets(st.integers(1, number - 1), max_size=3)) if number > 1 else set()
        chain = draw(st.sampled_from(CHAINS))
        return Step(
            number, chain, Subject(Part.POD), StartContainer(str(number)), "", chain, after=tuple(sorted(earlier))
        )

    return tuple(step(number) for number in range(1, draw(st.integers(1, STEPS)) + 1))


class Starting:
    """An engine that notes what was started; some steps fail, and some meet a defect of ours."""

    def __init__(self, failing: set[int], defects: set[int]) -> None:
        self._failing = failing
        self._defects = defects
        self._lock = threading.Lock()
        self.began: list[int] = []
        self.succeeded: list[int] = []
        self.seen: dict[int, frozenset[int]] = {}
        """What had succeeded when a step began."""

    def start_container(self, operation: StartContainer) -> None:
        number = int(operation.name)
        with self._lock:
            self.began.append(number)
            self.seen[number] = frozenset(self.succeeded)
        if number in self._failing:
            raise EngineError("no")
        if number in self._defects:
            raise RuntimeError("not foreseen")
        with self._lock:
            self.succeeded.append(number)


class DrawnWorkers:
    """Tasks side by side, one operation at a time; `choose` says which of so many goes on."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self._choose = choose
        self._tasks: list[Task] = []

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:
        del lane
        self._tasks.append(task)

    def close(self) -> None:
        """Nothing to give back."""

    def work(self) -> None:
        under_way: list[Iterator[object]] = []
        while self._tasks or under_way:
            under_way += [iter(task() or ()) for task in self._tasks]
            self._tasks.clear()
            chosen = under_way[self._choose(len(under_way))]
            try:
                next(chosen)
            except (StopIteration, RuntimeError):
                under_way.remove(chosen)


def expected(steps: tuple[Step, ...], failing: set[int], defects: set[int]) -> set[int]:
    """The steps that are begun: a defect costs the rest of its chain, a failure what is after it."""
    succeeded: set[int] = set()
    begun: set[int] = set()
    left: set[str] = set()
    for step in steps:
        if step.chain in left or not succeeded.issuperset(step.after):
            continue
        begun.add(step.id)
        if step.id in defects:
            left.add(step.chain)
        elif step.id not in failing:
            succeeded.add(step.id)
    return begun


def judge(engine: Starting, dispatcher: Dispatcher, steps: tuple[Step, ...], begun: set[int]) -> None:
    assert sorted(engine.began) == sorted(begun)
    for step in steps:
        if step.id in begun:
            assert engine.seen[step.id].issuperset(step.after)
    for chain in CHAINS:
        own = [step.id for step in steps if step.chain == chain]
        assert [number for number in engine.began if number in own] == sorted(begun.intersection(own))
    finished = Counter(chain for chain, _ in dispatcher.finished())
    assert finished == Counter({step.chain for step in steps})


@given(graphs(), st.sets(st.integers(1, STEPS), max_size=3), st.sets(st.integers(1, STEPS), max_size=1), st.data())
def test_a_step_starts_after_its_forerunners_and_not_at_all_when_they_fail(
    steps: tuple[Step, ...], failing: set[int], defects: set[int], data: st.DataObject
) -> None:
    failing -= defects
    engine, workers = Starting(failing, defects), DrawnWorkers(lambda most: data.draw(st.integers(0, most - 1)))
    dispatcher = Dispatcher(cast("Engine", engine), workers, lambda: None)
    dispatcher.dispatch(Plan(steps=steps))
    workers.work()
    judge(engine, dispatcher, steps, expected(steps, failing, defects))


@given(graphs(), st.sets(st.integers(1, STEPS), max_size=3))
def test_threads_keep_the_order_too(steps: tuple[Step, ...], failing: set[int]) -> None:
    chains, rung = len({step.chain for step in steps}), threading.Semaphore(0)
    engine, workers = Starting(failing, set()), ThreadWorkers(dict.fromkeys(Lane, 3))
    dispatcher = Dispatcher(cast("Engine", engine), workers, rung.release)
    dispatcher.dispatch(Plan(steps=steps))
    assert all(rung.acquire(timeout=30) for _ in range(chains))
    workers.close()
    judge(engine, dispatcher, steps, expected(steps, failing, set()))


@given(graphs(), st.integers(1, STEPS), st.data())
def test_after_a_stop_nothing_is_begun_and_every_chain_comes_back(
    steps: tuple[Step, ...], at: int, data: st.DataObject
) -> None:
    engine, workers = Starting(set(), set()), DrawnWorkers(lambda most: data.draw(st.integers(0, most - 1)))
    dispatcher = Dispatcher(cast("Engine", engine), workers, lambda: None)
    started = engine.start_container

    def start(operation: StartContainer) -> None:
        started(operation)
        if len(engine.began) == at:
            dispatcher.stop()

    engine.start_container = start  # type: ignore[method-assign]
    dispatcher.dispatch(Plan(steps=steps))
    workers.work()
    assert len(engine.began) == min(at, len(steps))
    assert Counter(chain for chain, _ in dispatcher.finished()) == Counter({step.chain for step in steps})


@pytest.mark.parametrize("after", [(1,), (2,), (0,), (-1,)], ids=str)
def test_a_step_cannot_be_after_itself_or_one_that_is_not_there(after: tuple[int, ...]) -> None:
    draft = Draft(Backlog(frozenset(), {}, 0.0))
    with pytest.raises(ValueError, match="step 1 cannot be after"):
        draft.add("web", Subject(Part.POD), StartContainer("web"), "it is not there", after=after)
