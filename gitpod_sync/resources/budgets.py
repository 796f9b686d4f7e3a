"""PodDisruptionBudgets as `get` lists them and `describe` shows them, in kubectl's columns and words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.base.int_or_percent import IntOrPercent
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.plan.published import Published
from gitpod_sync.plan.scheduling.budgets import HeldBudget, Ledger
from gitpod_sync.resources.columns import Cells, Row, render_age
from gitpod_sync.resources.descriptions.pod import describe_events
from gitpod_sync.resources.tables import render_lines
from gitpod_sync.resources.written import metadata_of, object_of

BUDGET_COLUMNS: Cells = ("NAME", "MIN AVAILABLE", "MAX UNAVAILABLE", "ALLOWED DISRUPTIONS", "AGE")
_WIDTH = 15


@dataclass(frozen=True, slots=True)
class BudgetItem:
    """A budget with its present counts; `created_at` is when it came into force (epoch seconds), None: not known."""

    held: HeldBudget
    created_at: float | None


def list_budgets(published: Published) -> Sequence[BudgetItem]:
    """Budgets by namespace and name, with their present counts."""
    plan, known = published.plan, published.identities
    return [
        BudgetItem(held, known[held.budget.key].created_at if held.budget.key in known else None)
        for held in Ledger(plan.pods, plan.decisions, published.desired).budgets
    ]


def budget_row(item: BudgetItem, now: float) -> Row:
    """A budget, at a time in seconds since the epoch."""
    held = item.held
    key, spec = held.budget.key, held.budget.spec
    cells = (
        _written(spec.min_available),
        _written(spec.max_unavailable),
        str(held.status.disruptions_allowed),
        "<unknown>" if item.created_at is None else render_age(item.created_at, now),
    )
    return Row(key.namespace, key.name, cells)


def budget_object(held: HeldBudget) -> Json:
    """A policy/v1 PodDisruptionBudget."""
    budget, counts = held.budget, held.status
    allowed = counts.disruptions_allowed > 0
    reason = "SyncFailed" if counts.failed else "SufficientPods" if allowed else "InsufficientPods"
    condition: Json = {"type": "DisruptionAllowed", "status": str(allowed), "reason": reason, "message": counts.failed}
    status: Json = {
        "currentHealthy": counts.current_healthy,
        "desiredHealthy": counts.desired_healthy,
        "disruptionsAllowed": counts.disruptions_allowed,
        "expectedPods": counts.expected_pods,
        "conditions": [condition],
    }
    return object_of(budget.key.kind, metadata_of(budget.metadata), encode(budget.spec), status)


def describe_budget(held: HeldBudget, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text."""
    return render_lines((*_lines(held), *describe_events(events, now)))


def _lines(held: HeldBudget) -> Iterator[str]:
    spec, counts = held.budget.spec, held.status
    yield f"{'Name:':<{_WIDTH}}{held.budget.key.name}"
    yield f"{'Namespace:':<{_WIDTH}}{held.budget.key.namespace}"
    for name, value in (("Min available", spec.min_available), ("Max unavailable", spec.max_unavailable)):
        if value is not None:
            yield f"{name + ':':<{_WIDTH}} {value.to_json()}"
    yield f"{'Selector:':<{_WIDTH}}{_selector(held)}"
    yield "Status:"
    for name, count in (
        ("Allowed disruptions", counts.disruptions_allowed),
        ("Current", counts.current_healthy),
        ("Desired", counts.desired_healthy),
        ("Total", counts.expected_pods),
    ):
        yield f"    {name + ':':<22}{count}"
    if counts.failed:
        yield f"    {'Failed:':<22}{counts.failed}"


def _selector(held: HeldBudget) -> str:
    selector = held.budget.spec.selector
    if selector is None:
        return "<unset>"
    equal = [f"{key}={value}" for key, value in sorted(selector.match_labels.items())]
    sets = [
        " ".join((each.key, each.operator, *([f"({','.join(each.values)})"] if each.values else [])))
        for each in selector.match_expressions
    ]
    return ",".join((*equal, *sets)) or "<none>"


def _written(value: IntOrPercent | None) -> str:
    return "N/A" if value is None else str(value.to_json())
