"""The one text form of a plan, and the JSON that says the same."""

import json
import re
from collections.abc import Iterable

from gitpod_sync.model.codec import Json
from gitpod_sync.model.inert import one_line
from gitpod_sync.plan.field_changes import ChangeKind, ObjectChange
from gitpod_sync.plan.operations import Operation
from gitpod_sync.plan.steps import Plan, Step
from gitpod_sync.plan.waiting import Waiting

_SIGNS = {ChangeKind.CREATE: "+", ChangeKind.UPDATE: "~", ChangeKind.DELETE: "-", ChangeKind.NOTE: "="}


def render_report(changes: Iterable[ObjectChange], plan: Plan) -> str:
    """What differs, what would be done about it now, and what has to wait."""
    blocks = [render_changes(changes), render_steps(plan.steps), render_waiting(plan.waiting)]
    return "\n\n".join(block for block in blocks if block)


def render_changes(changes: Iterable[ObjectChange]) -> str:
    """One line an object, one line a field."""
    lines = []
    for change in changes:
        lines.append(f"{_SIGNS[change.kind]} {change.key}")
        lines += [f"    {field.path}: {_value(field.old)} → {_value(field.new)}" for field in change.fields]
        if change.why:
            lines.append(f"    {change.why}")
    return "\n".join(map(one_line, lines))


def render_steps(steps: Iterable[Step]) -> str:
    """One operation a line: its number, what it waits for, the operation, its subject and its cause."""
    rows = [
        (
            f"#{step.id}",
            f"[{','.join(map(str, step.after))}]" if step.after else "",
            operation_name(step.operation),
            one_line(step.subject),
            one_line(step.cause),
        )
        for step in steps
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True) if width), row[4]])
        for row in rows
    )


def render_waiting(waiting: Iterable[Waiting]) -> str:
    """One line for each thing that cannot be done yet."""
    return "\n".join(one_line(f"… {each}") for each in waiting)


def render_json(changes: Iterable[ObjectChange], plan: Plan) -> str:
    """The same report for programs: `changes`, `operations` and `waiting`."""
    report: Json = {
        "changes": [
            {
                "kind": change.key.kind,
                "namespace": change.key.namespace,
                "name": change.key.name,
                "change": change.kind,
                "fields": [{"path": field.path, "old": field.old, "new": field.new} for field in change.fields],
                "why": change.why,
            }
            for change in changes
        ],
        "operations": [
            {
                "id": step.id,
                "after": step.after,
                "operation": operation_name(step.operation),
                "subject": step.subject,
                "cause": step.cause,
            }
            for step in plan.steps
        ],
        "waiting": [
            {
                "subject": each.subject,
                "pods": each.pods,
                "reason": each.reason,
                "message": each.message,
                "until": each.until,
            }
            for each in plan.waiting
        ],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def operation_name(operation: Operation) -> str:
    """`CreateContainer` → `create-container`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(operation).__name__).lower()


def _value(value: Json) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)
