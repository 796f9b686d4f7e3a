"""What earlier passes have begun and what has failed before: which chains must not be begun now."""

from collections.abc import Mapping
from dataclasses import dataclass

from gitpod_sync.plan.situation import Failure, NodeSituation, Situation


@dataclass(frozen=True, slots=True)
class Backlog:
    """Chains that are `under_way`, and `failures` by their retry keys, at one time."""

    under_way: frozenset[str]
    failures: Mapping[str, Failure]
    now: float

    def failure(self, retry: str) -> Failure | None:
        """The failure after which it must not be tried again yet."""
        failure = self.failures.get(retry)
        return failure if failure and failure.retry_at > self.now else None

    def is_busy(self, chain: str) -> bool:
        """Whether an earlier pass's operations of this chain are still under way, or are held back after a failure."""
        return chain in self.under_way or self.failure(chain) is not None

    def free_at(self, chain: str) -> float | None:
        """When it may be tried again after a failure. The end of what is under way rings by itself."""
        failure = self.failure(chain)
        return failure.retry_at if failure else None


def backlog_of(situation: NodeSituation | Situation) -> Backlog:
    """The chains of one node that must not be begun now."""
    return Backlog(situation.under_way.chains, situation.remembered.failures, situation.now)
