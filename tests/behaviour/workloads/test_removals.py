"""Removals are bounded, hold up nothing else, and leave the engine time for them."""

import threading
import time
from typing import cast

from gitpod_sync.cli.assembly import WORKERS
from gitpod_sync.engines.protocol import Engine
from gitpod_sync.execute.dispatch import Dispatcher
from gitpod_sync.loop.reconciler import GAP_UNDER_WAY, LONGEST_GAP
from gitpod_sync.operations.operations import RemoveContainer, RemoveVolume, StartContainer
from gitpod_sync.plan.steps import Plan, Step
from gitpod_sync.plan.subjects import Part, Subject
from gitpod_sync.workers import Lane, ThreadWorkers
from tests.support.simulation import simulation

PODS = 20


class Removing:
    """An engine whose removals go on until they are let, and that notes how many there are at one time."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.started = threading.Event()
        self.most = 0
        self._at_one_time = 0
        self._lock = threading.Lock()

    def remove_container(self, _: RemoveContainer) -> None:
        with self._lock:
            self._at_one_time += 1
            self.most = max(self.most, self._at_one_time)
        assert self.let.wait(timeout=30)
        with self._lock:
            self._at_one_time -= 1

    def remove_volume(self, _: RemoveVolume) -> None:
        """At once."""

    def start_container(self, _: StartContainer) -> None:
        self.started.set()


def about(container: str) -> Subject:
    return Subject(Part.LEFTOVER, container)


def removal(number: int) -> list[Step]:
    pod = f"pod-{number}"
    return [
        Step(2 * number, pod, about(pod), RemoveContainer(pod), "Git does not name it", pod),
        Step(2 * number + 1, pod, about(pod), RemoveVolume(pod), "Git does not name it", pod, after=(2 * number,)),
    ]


def test_so_many_pods_are_removed_at_one_time_and_other_calls_go_past_them() -> None:
    engine, workers = Removing(), ThreadWorkers({**WORKERS, Lane.PULLS: 1})
    dispatcher = Dispatcher(cast("Engine", engine), workers, lambda: None)
    start = Step(1000, "web", about("web"), StartContainer("web"), "it is not there", "web")
    dispatcher.dispatch(Plan(steps=(*(step for number in range(PODS) for step in removal(number)), start)))
    assert engine.started.wait(timeout=30)
    engine.let.set()
    finished, deadline = 0, time.monotonic() + 30
    while finished < PODS + 1:
        assert time.monotonic() < deadline
        finished += len(list(dispatcher.finished()))
        time.sleep(0.01)
    assert 0 < engine.most <= WORKERS[Lane.REMOVALS]
    workers.close()


def test_passes_take_no_more_than_half_of_the_time_while_operations_are_under_way() -> None:
    with simulation() as world:
        stages = world.reconciler._deps.stages  # noqa: SLF001 - how long passes took

        def pause(took: float) -> float:
            stages.took = took
            return world.reconciler.pause

        assert pause(0.3) == 0.0
        world.reconciler._memory.under_way["web"] = None  # noqa: SLF001 - as if it were
        assert [pause(took) for took in (0.001, 0.3, 60.0)] == [GAP_UNDER_WAY, 0.3, LONGEST_GAP]
