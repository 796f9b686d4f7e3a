"""`gitpod-sync uncordon`: pods come to the node again."""

import click

from gitpod_sync.cli.node_interventions import find_node, uncordon_node
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.ordering import open_state, tell_when_nobody_listens
from gitpod_sync.configuration.config import load_config


@click.command()
@click.argument("node", required=False)
@common_options
@click.pass_context
def command(context: click.Context, node: str | None) -> None:
    """Let pods come to the node again (the engine's own, when none is named): ends a cordon and a drain."""
    config = load_config(flags_of(context))
    with open_state(config) as history:
        uncordon_node(history, find_node(config, node))
    tell_when_nobody_listens(config)
