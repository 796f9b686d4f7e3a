"""How far the steps of one plan are: which may be done next, and which chains wait for which steps of others.

`Step.after` names earlier steps only, so the order of the ids is an order in which everything can be done: two chains
never wait for each other.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from threading import Lock

from gitpod_sync.execute.apply import StepResult
from gitpod_sync.plan.steps import Step


class Halt(StrEnum):
    """Why a chain does not go on: all its steps are settled, or the next one is after an unsettled step of another."""

    OVER = "over"
    WAITING = "waiting"


class Walk:
    """Safe between threads. A chain is carried out by one thread at a time."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._lock = Lock()
        self._ahead: dict[str, deque[Step]] = defaultdict(deque)
        """The steps that are not settled, by chain, in order; at most the first has been begun."""
        for step in steps:
            self._ahead[step.chain].append(step)
        self._succeeded: set[int] = set()
        self._missing: set[int] = set()
        """Ids of steps that failed, and of steps that are not done because of that."""
        self._behind: dict[int, list[str]] = defaultdict(list)
        """The chains that wait for a step, by its id."""
        self._open: dict[str, int] = {}
        """How many steps a waiting chain waits for."""
        self._released: deque[str] = deque()
        self._results: dict[str, list[StepResult]] = {chain: [] for chain in self._ahead}

    def begin(self) -> Sequence[str]:
        """The chains that need not wait; the ones that others wait for come last."""
        chains = {step.id: chain for chain, steps in self._ahead.items() for step in steps}
        foreign = {
            chain: {chains[each] for step in steps for each in step.after} - {chain}
            for chain, steps in self._ahead.items()
        }
        awaited = set().union(*foreign.values())
        with self._lock:
            ready = [chain for chain in self._ahead if not self._has_to_wait(chain)]
        return sorted(ready, key=lambda chain: chain in awaited)

    def steps(self, chain: str) -> Sequence[Step]:
        """The steps of a chain that are not settled."""
        with self._lock:
            return tuple(self._ahead[chain])

    def next_step(self, chain: str) -> Step | Halt:
        """The next step of a chain; steps after a missing one are passed over. A waiting chain is released later."""
        with self._lock:
            ahead = self._ahead[chain]
            while ahead:
                if self._has_to_wait(chain):
                    return Halt.WAITING
                if not self._missing.intersection(ahead[0].after):
                    return ahead[0]
                self._miss(ahead.popleft())
            return Halt.OVER

    def settle(self, result: StepResult) -> None:
        """The step of a chain that was next has been done, or has failed."""
        with self._lock:
            self._ahead[result.step.chain].popleft()
            self._results[result.step.chain].append(result)
            if result.error:
                self._miss(result.step)
            else:
                self._succeeded.add(result.step.id)
                self._release(result.step)

    def leave(self, chain: str) -> tuple[StepResult, ...]:
        """Begin nothing more of a chain; what came of its steps so far."""
        with self._lock:
            for step in self._ahead[chain]:
                self._miss(step)
            self._ahead[chain].clear()
            return tuple(self._results[chain])

    def take_released(self) -> Sequence[str]:
        """The chains that may go on since the last call."""
        with self._lock:
            released = tuple(self._released)
            self._released.clear()
        return released

    def _has_to_wait(self, chain: str) -> bool:
        """Whether the next step of a chain is after unsettled steps; the last of them will release the chain."""
        after = self._ahead[chain][0].after
        unsettled = [each for each in after if each not in self._succeeded and each not in self._missing]
        for each in unsettled:
            self._behind[each].append(chain)
        self._open[chain] = len(unsettled)
        return bool(unsettled)

    def _miss(self, step: Step) -> None:
        self._missing.add(step.id)
        self._release(step)

    def _release(self, step: Step) -> None:
        for chain in self._behind.pop(step.id, ()):
            self._open[chain] -= 1
            if not self._open[chain]:
                self._released.append(chain)
