"""The one text form of a plan, and the JSON that says the same."""

import json
import re
from collections.abc import Iterable

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.inert import one_line
from gitpod_sync.model.base.instance import ENDING_SUFFIX
from gitpod_sync.operations.operations import Operation, RenameContainer
from gitpod_sync.plan.report.field_changes import ChangeKind, ObjectChange
from gitpod_sync.plan.steps import Plan, Step
from gitpod_sync.plan.waiting import Waiting

_LONG = 200
"""Characters from which on a text is shown only where it differs."""
_AROUND = 30

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
        lines += [f"    {field.path}: {_side_by_side(field.old, field.new)}" for field in change.fields]
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
            one_line(str(step.subject)),
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
                "subject": str(step.subject),
                "cause": step.cause,
            }
            for step in plan.steps
        ],
        "waiting": [
            {
                "subject": str(each.subject),
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
    """`CreateContainer` → `create-container`; the new name that marks a pod as being ended → `end-pod`."""
    if isinstance(operation, RenameContainer) and operation.name.endswith(ENDING_SUFFIX):
        return "end-pod"
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(operation).__name__).lower()


def _side_by_side(old: Json, new: Json) -> str:
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > _LONG:
        old, new = _where_they_differ(old, new)
    return f"{_value(old)} → {_value(new)}"


def _where_they_differ(old: str, new: str) -> tuple[str, str]:
    """Of long texts (the files of a ConfigMap) what differs, with a little around it."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    return _excerpt(old, start, len(old) - end), _excerpt(new, start, len(new) - end)


def _common(one: str, other: str) -> int:
    """How many characters they begin with in common."""
    differing = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def _excerpt(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), end + _AROUND
    cut = last if last - first <= _LONG else first + _LONG
    return f"{'…' if first else ''}{text[first:cut]}{'…' if cut < len(text) else ''}"


def _value(value: Json) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)
