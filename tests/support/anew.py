"""Plans beside what would be planned if nothing had been computed before."""

from dataclasses import fields

from gitpod_sync.model.base.pass_cache import Memo
from gitpod_sync.plan.reconcile import compute_plan
from gitpod_sync.plan.situation import Situation
from gitpod_sync.plan.steps import Plan


def compute_twice(situation: Situation, memo: Memo) -> Plan:
    """The plan; fails where one without a memo is another."""
    plan, anew = compute_plan(situation, memo), compute_plan(situation)
    compared = (field.name for field in fields(plan) if field.compare)
    differing = [name for name in compared if getattr(plan, name) != getattr(anew, name)]
    assert not differing, f"{', '.join(differing)} would be others without a memo"
    return plan
