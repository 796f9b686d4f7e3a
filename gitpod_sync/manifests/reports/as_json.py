"""A report for programs. The names and the meaning of its fields are kept; new ones may come."""

import json
from dataclasses import asdict
from typing import Any

from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic
from gitpod_sync.manifests.diagnostics.seen import Seen
from gitpod_sync.manifests.reports.report import Counts, Report
from gitpod_sync.model.base.meta import Key


def render_json(report: Report) -> str:
    """One JSON object with `diagnostics`, `objects` and `summary`."""
    document = {
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in report.diagnostics],
        "objects": [_object(seen, counts) for seen, counts in report.objects],
        "summary": {
            "files": report.files,
            "objects": len(report.objects),
            **asdict(report.counts),
            "valid": report.valid,
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "file": diagnostic.file,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "field": diagnostic.field,
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "object": _key(diagnostic.object) if diagnostic.object else None,
    }


def _object(seen: Seen, counts: Counts) -> dict[str, Any]:
    found = {"errors": counts.errors, "warnings": counts.warnings, "notes": counts.notes}
    return {**_key(seen.object), "file": seen.file, "line": seen.line, **found}


def _key(key: Key) -> dict[str, str]:
    return {"kind": key.kind, "namespace": key.namespace, "name": key.name}
