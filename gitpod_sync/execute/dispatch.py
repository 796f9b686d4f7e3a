"""A plan to its chains, carried out by workers; their results come back through a queue.

A chain whose next step is after an unsettled step of another chain gives its worker back, and is handed out again once
that step is settled: no thread ever waits for another.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from queue import Empty, SimpleQueue

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.execute.apply import StepResult, apply_step
from gitpod_sync.execute.walk import Halt, Walk
from gitpod_sync.operations.operations import PullImage, RemoveContainer, RemoveVolume, RunHook
from gitpod_sync.plan.steps import Plan, Step
from gitpod_sync.workers import Lane, Workers

Finished = tuple[str, tuple[StepResult, ...]]

_REMOVALS = RemoveContainer | RemoveVolume


class Dispatcher:
    """Hands chains to workers and rings when one is finished."""

    def __init__(self, engine: Engine, workers: Workers, ring: Callable[[], None]) -> None:
        self._engine = engine
        self._workers = workers
        self._ring = ring
        self._finished: SimpleQueue[Finished] = SimpleQueue()
        self._stopped = threading.Event()

    def dispatch(self, plan: Plan) -> None:
        """Start carrying out the plan: chains run side by side, each step once all that it is after have succeeded."""
        self._stopped.clear()
        walk = Walk(plan.steps)
        self._submit(walk, walk.begin())

    def finished(self) -> Iterator[Finished]:
        """The chains that have come to their end since the last call."""
        while True:
            try:
                yield self._finished.get_nowait()
            except Empty:
                return

    def stop(self) -> None:
        """Begin no further operation, not even one that was handed out already."""
        self._stopped.set()

    def _submit(self, walk: Walk, chains: Iterable[str]) -> None:
        for chain in chains:
            self._workers.submit(partial(self._run, walk, chain), _lane(walk.steps(chain)))

    def _run(self, walk: Walk, chain: str) -> Iterator[None]:
        """Go on with a chain until it is over or has to wait; a pause after each operation."""
        try:
            halt = yield from self._go_on(walk, chain)
        except Exception:
            self._finish(walk, chain)
            raise
        if halt is Halt.OVER:
            self._finish(walk, chain)
        else:
            self._submit(walk, walk.take_released())

    def _go_on(self, walk: Walk, chain: str) -> Generator[None, None, Halt]:
        while not self._stopped.is_set():
            step = walk.next_step(chain)
            if isinstance(step, Halt):
                return step
            result = apply_step(self._engine, step)
            yield
            walk.settle(result)
            self._submit(walk, walk.take_released())
        return Halt.OVER

    def _finish(self, walk: Walk, chain: str) -> None:
        """Nothing more of the chain is begun: what is after its undone steps is not either."""
        self._finished.put((chain, walk.leave(chain)))
        self._ring()
        self._submit(walk, walk.take_released())


def _lane(steps: Sequence[Step]) -> Lane:
    if any(isinstance(step.operation, PullImage) for step in steps):
        return Lane.PULLS
    if any(isinstance(step.operation, RunHook) for step in steps):
        return Lane.HOOKS
    return Lane.REMOVALS if all(isinstance(step.operation, _REMOVALS) for step in steps) else Lane.CALLS
