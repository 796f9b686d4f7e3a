"""Threads that carry out chains, so that a long pull never holds up a pass."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from queue import SimpleQueue
from typing import Protocol

log = logging.getLogger(__name__)

Task = Callable[[], Iterator[object] | None]
"""Work for a worker: begun by a call, and done once the iterator that it gives, if it gives one, has come to its end.

An iterator stops after each operation, so that a simulation can let other things happen in between.
"""


class Lane(StrEnum):
    """Tasks of one lane never wait for those of another: a call takes milliseconds, the others may take minutes.

    Removals have few threads: an engine that takes down many networks of containers at one time gets slow, or hangs.
    """

    CALLS = "calls"
    REMOVALS = "removals"
    PULLS = "pulls"
    HOOKS = "hooks"
    PROBES = "probes"
    LOOKS = "looks"


class Workers(Protocol):
    """Where chains are carried out."""

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:
        """Run the task some time."""
        ...

    def close(self) -> None:
        """Take no further task; those under way are not waited for."""
        ...


def carry_out(task: Task) -> None:
    """Do all of it, now."""
    for _ in task() or ():
        pass


class InlineWorkers:
    """Runs each task at once, in the caller's thread: for the simulated engine, where nothing takes time."""

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:  # noqa: ARG002 - nothing is slow here
        """Run the task now."""
        carry_out(task)

    def close(self) -> None:
        """Nothing to give back."""


class PatientWorkers:
    """Carries out nothing until it is told to: for the simulated engine, where calls take as long as one wants."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:  # noqa: ARG002 - nothing is slow here
        """Have the task wait."""
        self._tasks.append(task)

    def work(self) -> None:
        """Do all that waits, and what is handed in meanwhile."""
        while self._tasks:
            carry_out(self._tasks.pop(0))

    def close(self) -> None:
        """Forget what waits."""
        self._tasks.clear()


class ThreadWorkers:
    """A bounded number of daemon threads for each lane, made when they are first needed.

    They are daemon threads because a process that was told to end must not wait for a pull of minutes.
    """

    def __init__(self, sizes: Mapping[Lane, int]) -> None:
        self._lanes = {lane: _Lane(lane, sizes[lane]) for lane in Lane}

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:
        """Queue the task; tasks of a lane begin in the order they were given."""
        self._lanes[lane].submit(task)

    def close(self) -> None:
        """Let every thread end after what it is at."""
        for lane in self._lanes.values():
            lane.close()


class _Lane:
    """A queue and its threads."""

    def __init__(self, name: str, most: int) -> None:
        self._name = name
        self._most = most
        self._lock = threading.Lock()
        self._threads = 0
        self._unfinished = 0
        self._queue: SimpleQueue[Task | None] = SimpleQueue()

    def submit(self, task: Task) -> None:
        with self._lock:
            self._unfinished += 1
            wanted = self._threads < min(self._unfinished, self._most)
            self._threads += wanted
        self._queue.put(task)
        if wanted:
            threading.Thread(target=self._work, daemon=True, name=f"worker for {self._name}").start()

    def close(self) -> None:
        with self._lock:
            threads = self._threads
        for _ in range(threads):
            self._queue.put(None)

    def _work(self) -> None:
        while (task := self._queue.get()) is not None:
            try:
                carry_out(task)
            except Exception:
                # A task reports its own failures; anything else is a defect, and must not cost us the thread.
                log.exception("a task failed unexpectedly")
            with self._lock:
                self._unfinished -= 1
