"""A report for people: a block a finding, and what it comes to in the last line."""

from collections.abc import Sequence

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import counted, render_blocks
from gitpod_sync.manifests.reports.report import Counts, Report
from gitpod_sync.model.revision import Revision

_COLOURS = {Severity.ERROR: 31, Severity.WARNING: 33, Severity.NOTE: 36}
"""ECMA-48, select graphic rendition: red, yellow, cyan."""


def render_text(report: Report, revisions: Sequence[Revision]) -> str:
    """The report with code frames from the revisions, coloured: whoever prints it takes the colours out for a file."""
    blocks = render_blocks(report.diagnostics, revisions, _paint)
    return "\n\n".join([*blocks, render_verdict(report)]) + "\n"


def render_verdict(report: Report) -> str:
    """`invalid: 3 objects in 2 files: 2 errors (1 of them not honoured yet), 1 note`."""
    verdict = "valid" if report.valid else "invalid"
    extent = f"{verdict}: {counted(len(report.objects), 'object')} in {counted(report.files, 'file')}"
    found = _render_counts(report.counts)
    return f"{extent}: {found}" if found else extent


def _render_counts(counts: Counts) -> str:
    not_yet = f" ({counts.not_yet} of them not honoured yet)" if counts.not_yet else ""
    parts = (
        (counts.errors, f"{counted(counts.errors, 'error')}{not_yet}"),
        (counts.warnings, counted(counts.warnings, "warning")),
        (counts.notes, counted(counts.notes, "note")),
    )
    return ", ".join(text for number, text in parts if number)


def _paint(severity: Severity, text: str) -> str:
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m"
