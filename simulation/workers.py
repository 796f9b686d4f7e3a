"""Workers that go on only when the simulation says so, and that can be held up between any two operations."""

from collections.abc import Iterator

from gitpod_sync.execute.workers import Lane, Task


class SteppedWorkers:
    """Chains side by side, each one operation at a time, always in the same order.

    Of the next `slow_calls` operations every `slow_every`-th takes `slow_turns` turns: it stays under way while passes
    are made and things happen.
    """

    def __init__(self) -> None:
        self._under_way: list[_Held] = []
        self.slow_calls = 0
        self.slow_every = 1
        self.slow_turns = 0

    def submit(self, task: Task, lane: Lane = Lane.CALLS) -> None:  # noqa: ARG002 - all lanes are wide enough
        """Begin it on the next turn."""
        self._under_way.append(_Held(task))

    def close(self) -> None:
        """Nothing to give back."""

    @property
    def idle(self) -> bool:
        """Nothing is under way."""
        return not self._under_way

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
            if held.turns > 0:
                held.turns -= 1
                return True
            if not held.looked and self._is_slow():
                held.looked, held.turns = True, self.slow_turns
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
    """A task, how far it is, and for how many turns it is still held up."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.steps: Iterator[object] | None = None
        self.turns = 0
        self.looked = False


_END = object()
