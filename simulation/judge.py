"""What the world asks of the one who judges; it keeps the two from importing each other."""

from typing import TYPE_CHECKING, Protocol

from gitpod_sync.plan.steps import Plan

if TYPE_CHECKING:
    from simulation.world import World


class Judge(Protocol):
    """Is shown every plan before any of it is carried out."""

    def begin_process(self, world: "World") -> None:
        """A new process of ours begins: what an earlier one had under way is lost."""
        ...

    def look_at_plan(self, world: "World", plan: Plan, *, called_for: bool) -> None:
        """Raises `BrokenPromise`. `called_for`: something has happened or come due, so that a pass had to be made."""
        ...
