"""Cordon and drain, as ordered by a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from gitpod_sync.model.records.interventions import Intervention, Verb

WITHOUT_BUDGETS = "disable-eviction"
"""Argument of a DRAIN: pods go whatever their budgets say. The word is kubectl's."""


@dataclass(frozen=True, slots=True)
class Cordon:
    """`drained` nodes are cordoned as well; `heeds_budgets`: no pod goes that a budget wants to stay."""

    unschedulable: bool = False
    drained: bool = False
    heeds_budgets: bool = True


OPEN = Cordon()


def cordon_of(interventions: Iterable[Intervention]) -> Cordon:
    """Cordon and drain as these interventions order them."""
    standing = {
        intervention.verb: intervention
        for intervention in interventions
        if intervention.verb in {Verb.CORDON, Verb.DRAIN}
    }
    drain = standing.get(Verb.DRAIN)
    if drain is None:
        return Cordon(unschedulable=True) if standing else OPEN
    return Cordon(unschedulable=True, drained=True, heeds_budgets=drain.argument != WITHOUT_BUDGETS)
