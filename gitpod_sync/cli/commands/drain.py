"""`gitpod-sync drain`: the node is emptied for its maintenance."""

import click

from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.typed import SpanType
from gitpod_sync.configuration.config import load_config


@click.command()
@click.argument("node", required=False)
@click.option("--delete-emptydir-data", is_flag=True, help="Also end pods with an emptyDir: its content is lost.")
@click.option("--disable-eviction", is_flag=True, help="End pods whatever their PodDisruptionBudgets say.")
@click.option("--timeout", type=SpanType(), default=0.0, help="How long to wait, like 5m; 0 for ever.")
@click.option("--ignore-daemonsets", is_flag=True, help="Accepted as in kubectl: pods of DaemonSets stay anyway.")
@click.option("--force", is_flag=True, help="Accepted as in kubectl: bare pods go anyway.")
@common_options
@click.pass_context
def command(
    context: click.Context,
    node: str | None,
    *,
    delete_emptydir_data: bool,
    disable_eviction: bool,
    timeout: float,
    ignore_daemonsets: bool,  # noqa: ARG001 - kubectl's option, which changes nothing here
    force: bool,  # noqa: ARG001 - as well
) -> None:
    """Let no pod come to the node, end those that are there as their disruption budgets allow, and wait for it.

    Pods of DaemonSets stay, and so do those that have come to their end, for their logs. All others, bare pods too,
    wait until `gitpod-sync uncordon`: Git asks for them. The order stands when the waiting ends early, by --timeout or
    Ctrl-C. Exit status: 0 drained, 1 not yet.
    """
    from gitpod_sync.cli.draining import drain_node

    config = load_config(flags_of(context))
    drain_node(
        config, node, with_empty_dirs=delete_emptydir_data, heeding_budgets=not disable_eviction, timeout=timeout
    )
