"""A plan to its chains, carried out by workers; their results come back through a queue."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterator
from queue import Empty, SimpleQueue

from gitpod_sync.engines.protocol import Engine
from gitpod_sync.execute.apply import StepResult, apply_chain
from gitpod_sync.operations.operations import PullImage, RemoveContainer, RemoveVolume, RunHook
from gitpod_sync.plan.steps import INSTANCE_CHAIN, Plan, Step
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
        """Start carrying out the plan. What every pod stands on comes first; then the chains run side by side."""
        self._stopped.clear()
        chains: dict[str, list[Step]] = defaultdict(list)
        for step in plan.steps:
            chains[step.chain].append(step)
        ground = chains.pop(INSTANCE_CHAIN, [])
        standing = {step.id for step in ground}
        resting = {key for key, steps in chains.items() if any(standing.intersection(step.after) for step in steps)}
        for key, steps in chains.items():
            if key not in resting:
                self._submit(key, steps)
        if ground:
            self._workers.submit(
                lambda: self._run_ground(ground, {key: chains[key] for key in chains if key in resting})
            )

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

    def _run_ground(self, ground: list[Step], resting: dict[str, list[Step]]) -> Iterator[None]:
        results = yield from self._run(INSTANCE_CHAIN, ground)
        done = {result.step.id for result in results if not result.error}
        failed = {step.id for step in ground} - done
        for key, steps in resting.items():
            self._submit(key, steps, failed)

    def _submit(self, chain: str, steps: list[Step], failed: Collection[int] = ()) -> None:
        self._workers.submit(lambda: self._run(chain, steps, failed), _lane(steps))

    def _run(
        self, chain: str, steps: list[Step], failed: Collection[int] = ()
    ) -> Generator[None, None, list[StepResult]]:
        results = []
        try:
            for result in apply_chain(self._engine, steps, failed, self._stopped.is_set):
                results.append(result)
                yield
        finally:
            self._finished.put((chain, tuple(results)))
            self._ring()
        return results


def _lane(steps: list[Step]) -> Lane:
    if any(isinstance(step.operation, PullImage) for step in steps):
        return Lane.PULLS
    if any(isinstance(step.operation, RunHook) for step in steps):
        return Lane.HOOKS
    return Lane.REMOVALS if all(isinstance(step.operation, _REMOVALS) for step in steps) else Lane.CALLS
