"""Threads that carry out chains, so that a long pull never holds up a pass."""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Protocol

log = logging.getLogger(__name__)

Task = Callable[[], None]


class Workers(Protocol):
    """Where chains are carried out."""

    def submit(self, task: Task, *, slow: bool = False) -> None:
        """Run the task some time; `slow` ones have threads of their own."""
        ...

    def close(self) -> None:
        """Take no further task; those under way are not waited for."""
        ...


class InlineWorkers:
    """Runs each task at once, in the caller's thread: for the simulated engine, where nothing takes time."""

    def submit(self, task: Task, *, slow: bool = False) -> None:  # noqa: ARG002 - nothing is slow here
        """Run the task now."""
        task()

    def close(self) -> None:
        """Nothing to give back."""


class ThreadWorkers:
    """A fixed number of daemon threads for calls, and a few for pulls.

    They are daemon threads because a process that was told to end must not wait for a pull of minutes.
    """

    def __init__(self, calls: int, pulls: int) -> None:
        self._calls: SimpleQueue[Task | None] = SimpleQueue()
        self._pulls: SimpleQueue[Task | None] = SimpleQueue()
        self._sizes = ((self._calls, calls), (self._pulls, pulls))
        for queue, size in self._sizes:
            for _ in range(size):
                threading.Thread(target=_work, args=(queue,), daemon=True, name="worker").start()

    def submit(self, task: Task, *, slow: bool = False) -> None:
        """Queue the task; tasks of a kind begin in the order they were given."""
        (self._pulls if slow else self._calls).put(task)

    def close(self) -> None:
        """Let every thread end after what it is at."""
        for queue, size in self._sizes:
            for _ in range(size):
                queue.put(None)


def _work(queue: SimpleQueue[Task | None]) -> None:
    while (task := queue.get()) is not None:
        try:
            task()
        except Exception:
            # A task reports its own failures; anything else is a defect, and must not cost us the thread.
            log.exception("a task failed in an unforeseen way")
