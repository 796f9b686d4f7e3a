"""Facts that are still about what runs: a container that somebody has restarted by hand is another run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from gitpod_sync.plan.situation import Situation


class _OfARun(Protocol):
    @property
    def run(self) -> float: ...


F = TypeVar("F", bound=_OfARun)


def forget_earlier_runs(situation: Situation) -> Situation:
    """The situation without what was learnt of, or begun with, an earlier run of a container."""
    runs = {container.id: container.started_at or 0.0 for container in situation.observed.containers}
    return replace(
        situation,
        health=_of_this_run(situation.health, runs),
        stops=_of_this_run(situation.stops, runs),
        hooks=_of_this_run(situation.hooks, runs),
    )


def _of_this_run(facts: Mapping[str, F], runs: Mapping[str, float]) -> dict[str, F]:
    # A hook's key begins with the container's id.
    return {key: fact for key, fact in facts.items() if runs.get(key.partition("/")[0]) == fact.run}
