"""Progress of a sync: a live table in a terminal, a line at every change elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from gitpod_sync.cli.door import beyond, shut_doors
from gitpod_sync.loop.daemon import summarize
from gitpod_sync.model.base.inert import one_line
from gitpod_sync.plan.report.render import operation_name
from gitpod_sync.plan.steps import Plan
from gitpod_sync.resources.tables import cell_text


class Progress(Protocol):
    """Shows how far a convergence has got."""

    def show(self, plan: Plan) -> None:
        """A pass was made; this is its plan."""
        ...


class LineProgress:
    """Progress in logs and pipes: operations as they are begun, and the summary when it changes."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, plan: Plan) -> None:
        """Print what is new."""
        for step in plan.steps:
            click.echo(one_line(f"{operation_name(step.operation)} {step.subject}: {step.cause}"))
        summary = summarize(plan)
        if summary and summary != self._last:
            self._last = summary
            click.echo(one_line(summary))


class TableProgress:
    """Progress at a terminal: a row a workload, redrawn in place."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self.live = Live(console=Console(file=beyond(sys.stdout)), transient=True, refresh_per_second=8)

    def show(self, plan: Plan) -> None:
        """Redraw."""
        from rich.table import Table
        from rich.text import Text

        table = Table("workload", "updated", "available", "wanted", "", box=None, pad_edge=False)
        waiting = {each.key: f"{each.reason}: {each.message}" for each in plan.waiting}
        for decision in plan.decisions:
            status = decision.status
            pods = [state for state in plan.pods if state.pod.owner == decision.workload]
            notes = sorted({waiting[str(s.pod.identity)] for s in pods if str(s.pod.identity) in waiting})
            # What is foreign is no markup.
            mark = Text("done", "green") if status.complete else Text(cell_text(", ".join(notes)))
            counts = (status.updated, status.available, status.desired)
            table.add_row(Text(str(decision.workload)), *map(str, counts), mark)
        self.live.update(table)


@contextmanager
def open_progress() -> Iterator[Progress]:
    """The progress that suits standard output."""
    if not sys.stdout.isatty():
        yield LineProgress()
        return
    table = TableProgress()
    with table.live:
        # It has put itself in front of the streams, so that what is written meanwhile stands above the table.
        shut_doors()
        yield table
