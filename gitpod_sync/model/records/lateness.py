"""Whose fault it is when commands of probes are late: that of their containers, or of the engine that runs them all.

Programs of several containers seldom begin to hang at one time; what they have in common is the engine and its machine.
So when commands of many containers are late together, the engine is taken for slow, and no probe fails for it. A
mistake that all replicas of a workload share looks the same for a while: what hangs for longer than `PATIENCE` while
the engine goes on answering is the containers' own after all. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

TOGETHER = 15.0
"""Seconds: the last answers of this time are looked at together, those of Kubernetes' default period among them."""

MANY = 3
"""So many containers, and more than half of those that were asked, are no coincidence."""

PATIENCE = 60.0
"""Seconds for which the engine is blamed without a pause."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """The last answer of each container: when it came, and whether it was late. `since`: from when on many are."""

    answers: Mapping[str, tuple[float, bool]] = field(default_factory=dict)
    since: float | None = None

    @property
    def late(self) -> int:
        """The number of containers that were late."""
        return sum(late for _, late in self.answers.values())


def take_answer(before: Lateness, container: str, at: float, *, late: bool) -> Lateness:
    """How it stands after one more answer. Times are in seconds of any clock that only goes on."""
    young = {key: told for key, told in before.answers.items() if told[0] > at - TOGETHER}
    after = Lateness({**young, container: (at, late)})
    if not _are_many(after):
        return after
    return Lateness(after.answers, at if before.since is None else before.since)


def is_engine_to_blame(lateness: Lateness, at: float) -> bool:
    """Whether an answer that was late says nothing of its container."""
    return lateness.since is not None and at - lateness.since < PATIENCE


def _are_many(lateness: Lateness) -> bool:
    return lateness.late >= MANY and 2 * lateness.late > len(lateness.answers)
