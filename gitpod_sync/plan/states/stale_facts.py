"""Facts that are still about what runs, and about our time.

A container that somebody has restarted by hand is another run. What was begun or has failed at a time that seems to
come yet was so before the clock was set back.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from gitpod_sync.model.base.times import lies_ahead
from gitpod_sync.plan.situation import Failure, Situation, Stop
from gitpod_sync.plan.subjects import owner_in_key


class _OfARun(Protocol):
    @property
    def run(self) -> float: ...


F = TypeVar("F", bound=_OfARun)


def forget_earlier_runs(situation: Situation) -> Situation:
    """The situation without what was learnt of, or begun with, an earlier run of a container."""
    known = situation.remembered
    if not (known.health or known.stops or known.hooks):
        return situation
    runs = {container.id: container.started_at or 0.0 for container in situation.observed.containers}
    of_this_run = replace(
        known,
        health=_of_this_run(known.health, runs),
        stops=_of_this_run(known.stops, runs),
        hooks=_of_this_run(known.hooks, runs),
    )
    return replace(situation, remembered=of_this_run)


def forget_other_times(situation: Situation) -> Situation:
    """The situation where what seems to come yet has happened: endings begin now, failures are long past."""
    now, known = situation.now, situation.remembered
    begun_by_now = replace(
        known,
        stops={key: _begun_by_now(stop, now) for key, stop in known.stops.items()},
        failures={key: _failed_by_now(failure, now) for key, failure in known.failures.items()},
        ending_since={key: at for key, at in known.ending_since.items() if not lies_ahead(at, now)},
        since={name: now if lies_ahead(at, now) else at for name, at in known.since.items()},
    )
    return replace(situation, remembered=begun_by_now)


def _begun_by_now(stop: Stop, now: float) -> Stop:
    """Its grace period is not skipped: it begins again."""
    if not lies_ahead(stop.began_at, now):
        return stop
    return replace(stop, began_at=now, signalled_at=None if stop.signalled_at is None else now)


def _failed_by_now(failure: Failure, now: float) -> Failure:
    return replace(failure, at=0.0) if lies_ahead(failure.at, now) else failure


def _of_this_run(facts: Mapping[str, F], runs: Mapping[str, float]) -> dict[str, F]:
    return {key: fact for key, fact in facts.items() if runs.get(owner_in_key(key)) == fact.run}
