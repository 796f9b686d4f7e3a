"""Looks at every decision, and at the rest in the end. It judges by what is on the engine, not by what is believed."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from gitpod_sync.plan.steps import Plan
from simulation.ledger import Ledger
from simulation.rules.backoff import RestartsAreSpaced
from simulation.rules.defects import DefectsConcernOne
from simulation.rules.grace import GraceIsGiven
from simulation.rules.kinds import KindsKeepTheirPromises
from simulation.rules.maintenance import NothingComesToACordonedNode
from simulation.rules.names import NamesAreGivenOnce
from simulation.rules.rest import look_at_rest
from simulation.rules.rollouts import HoldsAreKept
from simulation.rules.rule import BrokenPromise, Rule
from simulation.rules.secrets import SecretsStaySecret
from simulation.rules.sources import ABadSourceFreezesOnlyItself
from simulation.rules.strangers import StrangersAreLeftAlone
from simulation.rules.watch import NothingIsOverslept
from simulation.sight import InFlight
from simulation.truth import read_pods
from simulation.world import World

REST = "it comes to rest as Git asks"


class Referee:
    """One a story. `calm` is set once the faults have stopped."""

    def __init__(self) -> None:
        self.calm = False
        self._in_flight = InFlight()
        self._ledger = Ledger()
        self._secrets = SecretsStaySecret()
        self._rules: tuple[Rule, ...] = (
            KindsKeepTheirPromises(),
            NamesAreGivenOnce(),
            HoldsAreKept(),
            ABadSourceFreezesOnlyItself(),
            NothingComesToACordonedNode(),
            StrangersAreLeftAlone(),
            RestartsAreSpaced(),
            GraceIsGiven(),
            NothingIsOverslept(),
            DefectsConcernOne(),
            self._secrets,
        )

    def begin_process(self, world: World) -> None:
        """See `Judge`."""
        self._in_flight = InFlight()
        if world.state_was_lost:
            self._ledger.forget_unseen(read_pods(world.engine))

    def look_at_plan(self, world: World, plan: Plan, *, called_for: bool) -> None:
        """See `Judge`."""
        sight = self._in_flight.see(world, plan, self._ledger, called_for=called_for, calm=self.calm)
        for rule in self._rules:
            _refuse(rule.name, rule.look(sight))
        self._ledger.begun |= {birth.owner for birth in sight.born}

    def look_at_rest(self, world: World) -> None:
        """Raises `BrokenPromise`."""
        sight = self._in_flight.see(world, world.plan, self._ledger, called_for=True, calm=True)
        _refuse(REST, look_at_rest(sight))
        _refuse(self._secrets.name, self._secrets.look_back(sight))

    @contextmanager
    def listening(self) -> Iterator[None]:
        """What the program logs meanwhile is read, too."""
        log = logging.getLogger("gitpod_sync")
        log.addHandler(self._secrets.log)
        level, log.propagate = log.level, False
        log.setLevel(logging.INFO)
        try:
            yield
        finally:
            log.removeHandler(self._secrets.log)
            log.setLevel(level)
            log.propagate = True


def _refuse(rule: str, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        raise BrokenPromise(rule, sentence)
