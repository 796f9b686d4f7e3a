"""`gitpod-sync diff`: a dry run. It is given an engine that can only be looked at."""

import sys

import click

from gitpod_sync.cli.assembly import all_changes, dry_run, load_newest, open_observer, read_history
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.permission import ALLOW_EMPTY, require_permission
from gitpod_sync.cli.uncommitted import tell_uncommitted
from gitpod_sync.configuration.config import load_config
from gitpod_sync.plan.report.field_changes import ChangeKind
from gitpod_sync.plan.report.render import render_json, render_report

IN_SYNC, CHANGES = 0, 2


@click.command()
@click.option("--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--allow-empty", is_flag=True, help=ALLOW_EMPTY)
@common_options
@click.pass_context
def command(context: click.Context, output: str, *, allow_empty: bool) -> None:
    """Show what differs from Git, field by field, and what would be done about it now.

    Of a source that is not valid, what is in force is compared.

    Exit status: 0 in sync, 2 changes, 1 error. Nothing is written to the engine.
    """
    config = load_config(flags_of(context))
    with read_history(config) as history, open_observer(config) as observer:
        newest = load_newest(config, history, settled=False)
        for line in tell_uncommitted(newest.sources, newest.read, config.manifests):
            click.echo(line, err=True)
        require_permission(config, history, newest, allow_empty=allow_empty, asks=False)
        desired = newest.desired
        running, plan = dry_run(config, observer, desired, history, look=True)
    changes = all_changes(running, newest, config.manifests)
    kept = any(decision.status.held for decision in plan.decisions)
    differs = kept or any(change.kind is not ChangeKind.NOTE for change in changes) or plan.steps or plan.waiting
    if output == "json":
        click.echo(render_json(changes, plan))
    else:
        in_sync = "" if differs else f"in sync with {desired.short_commit}"
        click.echo("\n\n".join(filter(None, (render_report(changes, plan), in_sync))))
    newest.check_nothing_is_refused()
    sys.exit(CHANGES if differs else IN_SYNC)
