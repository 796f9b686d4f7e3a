"""`gitpod-sync sync`: one convergence."""

import click

from gitpod_sync.cli.assembly import load_newest, open_deps
from gitpod_sync.cli.holding import tell_what_is_held
from gitpod_sync.cli.options import common_options, flags_of, take_over_option
from gitpod_sync.cli.permission import ALLOW_EMPTY, require_permission
from gitpod_sync.cli.progress import open_progress
from gitpod_sync.configuration.config import load_config
from gitpod_sync.loop.converge import converge
from gitpod_sync.loop.lock import acting


@click.command()
@click.option("--timeout", type=click.FloatRange(min=0), default=300.0, show_default=True, help="Seconds to wait.")
@click.option("--allow-empty", is_flag=True, help=ALLOW_EMPTY)
@take_over_option
@common_options
@click.pass_context
def command(context: click.Context, timeout: float, *, allow_empty: bool, take_over: bool) -> None:
    """Converge once on what Git asks, and wait until it is reached.

    Where one source is not valid the others are converged on, with what is in force of that one. What would go although
    nobody seems to have asked for that (the last workload of a source, or what leaves while its file still stands
    there) is asked about, and refused where nobody can answer.

    Exit status: 0 reached, 1 not reached (the reason is printed).
    """
    config = load_config(flags_of(context))
    with acting(config.state_dir, config.instance), open_deps(config, take_over=take_over) as (deps, wake):
        deps.ensure_owned()
        newest = load_newest(config, deps.history, settled=True)
        guard = require_permission(config, deps.history, newest, allow_empty=allow_empty, asks=True)
        newest.record(deps.history, deps.clock())
        guard.enforce(newest.layouts)
        guard.hold(())
        with open_progress() as progress:
            plan = converge(deps, wake, newest.desired, timeout, progress.show)
    pods = sum(decision.status.available for decision in plan.decisions)
    click.echo(f"in sync with {newest.desired.short_commit}: workloads: {len(plan.decisions)}, pods available: {pods}")
    tell_what_is_held(plan)
    newest.check_nothing_is_refused()
