"""`gitpod-sync rollout`: look at the rollout of a workload, hold it, undo it, begin it again."""

import functools
import json
from collections.abc import Callable
from typing import Any

import click
import yaml

from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.rollouts.subject import open_rolled, target_key
from gitpod_sync.cli.typed import SpanType
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.model.base.codec import encode
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE, Key


@click.group()
def command() -> None:
    """Rollouts of Deployments, StatefulSets and DaemonSets. TARGET is KIND/NAME, like deployment/web.

    pause, resume, undo and restart are orders to the running daemon: they need its state directory, and count until
    they are withdrawn. Git stays as it is.
    """


def _about_one(function: Callable[..., None]) -> Callable[..., Any]:
    """The arguments that every subcommand has, read into a configuration and the key of the workload."""

    @click.argument("target", nargs=-1, required=True)
    @click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
    @common_options
    @click.pass_context
    @functools.wraps(function)
    def wrapped(context: click.Context, /, target: tuple[str, ...], namespace: str, **options: Any) -> None:
        function(load_config(flags_of(context)), target_key(target, namespace), **options)

    return wrapped


@command.command()
@click.option("--watch/--no-watch", "-w", default=True, help="Wait until it is over, or look only once.")
@click.option("--timeout", type=SpanType(), default=0.0, help="How long to wait, like 5m; 0 for ever.")
@_about_one
def status(config: Config, key: Key, *, watch: bool, timeout: float) -> None:
    """Show how far a rollout has come, and wait until it is over. Exit status: 0 over, 1 failed or not over in time."""
    from gitpod_sync.cli.rollouts.status import watch_rollout

    watch_rollout(config, key, watch=watch, timeout=timeout)


@command.command()
@click.option("--revision", type=click.IntRange(min=1), help="Show the pod template of this revision.")
@click.option("--output", "-o", type=click.Choice(["json", "yaml"]), help="The template as it is, with --revision.")
@_about_one
def history(config: Config, key: Key, *, revision: int | None, output: str | None) -> None:
    """List the revisions of a workload, or show one of them."""
    from gitpod_sync.cli.rollouts.history import render_history, render_revision

    if output is not None and revision is None:
        raise click.UsageError("--output goes with --revision")
    with open_rolled(config, key) as (_, rolled):
        if revision is None:
            click.echo(render_history(rolled))
            return
        found = rolled.revision(revision)
        match output:
            case "json":
                click.echo(json.dumps(encode(found.template), indent=2))
            case "yaml":
                click.echo(yaml.safe_dump(encode(found.template), sort_keys=False), nl=False)
            case _:
                click.echo(render_revision(rolled, found))


@command.command()
@_about_one
def pause(config: Config, key: Key) -> None:
    """Roll nothing of a Deployment out for now; scaling and healing go on."""
    from gitpod_sync.cli.rollouts import interventions as rollout_orders

    rollout_orders.pause(config, key)


@command.command()
@_about_one
def resume(config: Config, key: Key) -> None:
    """Go on with what Git asks: ends a pause, an undo, and the hold after a rollback."""
    from gitpod_sync.cli.rollouts import interventions as rollout_orders

    rollout_orders.resume(config, key)


@command.command()
@click.option(
    "--to-revision", type=click.IntRange(min=0), default=0, help="Number of the revision; 0 is the one before."
)
@_about_one
def undo(config: Config, key: Key, *, to_revision: int) -> None:
    """Hold a workload at an earlier revision, until a commit changes the object or it is resumed."""
    from gitpod_sync.cli.rollouts import interventions as rollout_orders

    rollout_orders.undo(config, key, to_revision or None)


@command.command()
@_about_one
def restart(config: Config, key: Key) -> None:
    """Replace every pod once, within the bounds of its rolling update."""
    from gitpod_sync.cli.rollouts import interventions as rollout_orders

    rollout_orders.restart(config, key)
