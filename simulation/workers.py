"""Workers that go on only when the simulation says so, and that can be held up between any two operations."""

from collections.abc import Iterator

from gitpod_sync.workers import Lane, Task
from simulation.clock import MachineClock


class SteppedWorkers:
    """Chains side by side, each one operation at a time, always in the same order.

    Of the next `slow_calls` operations every `slow_every`-th takes `slow_seconds`: it stays under way while passes are
    made and things happen.
    """

    def __init__(self, clock: MachineClock) -> None:
        self._clock = clock
        self._under_way: list[_Held] = []
        self.slow_calls = 0
        self.slow_every = 1
        self.slow_seconds = 0.0

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:  # noqa: ARG002 - all lanes are wide enough
        """Begin it on the next turn."""
        self._under_way.append(_Held(task))

    def close(self) -> None:
        """Nothing to give back."""

    @property
    def idle(self) -> bool:
        """Nothing is under way."""
        return not self._under_way

    @property
    def next_time(self) -> float | None:
        """When something goes on, in elapsed seconds; None when nothing is under way."""
        return min((held.until for held in self._under_way), default=None)

    def let_go(self) -> None:
        """Nothing is held up any longer."""
        self.slow_calls = 0
        for held in self._under_way:
            held.until = 0.0

    def forget_all(self) -> None:
        """The process has died, and its threads with it."""
        self._under_way.clear()

    def advance(self) -> None:
        """One turn: everything goes on to its end, but for what is held up."""
        # A task may hand in others, which begin in the same turn.
        at = 0
        while at < len(self._under_way):
            if self._go_on(self._under_way[at]):
                at += 1
            else:
                self._under_way.pop(at)

    def _go_on(self, held: "_Held") -> bool:
        """Whether there is still something to do afterwards."""
        while True:
            if held.until > self._clock.elapsed:
                return True
            if not held.looked and self._is_slow():
                held.looked, held.until = True, self._clock.elapsed + self.slow_seconds
                continue
            held.looked = False
            if held.steps is None:
                held.steps = iter(held.task() or ())
            if next(held.steps, _END) is _END:
                return False

    def _is_slow(self) -> bool:
        if self.slow_calls <= 0:
            return False
        self.slow_calls -= 1
        return self.slow_calls % self.slow_every == 0


class _Held:
    """A task, how far it is, and until when it is held up, in elapsed seconds."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.steps: Iterator[object] | None = None
        self.until = 0.0
        self.looked = False


_END = object()
