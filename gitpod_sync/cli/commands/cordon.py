"""`gitpod-sync cordon`: no pod comes to the node from now on."""

import click

from gitpod_sync.cli.node_interventions import cordon_node, find_node
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.ordering import open_state, tell_when_nobody_listens
from gitpod_sync.configuration.config import load_config
from gitpod_sync.model.records.interventions import Verb


@click.command()
@click.argument("node", required=False)
@common_options
@click.pass_context
def command(context: click.Context, node: str | None) -> None:
    """Let no pod come to the node (the engine's own, when none is named); those that are there stay.

    Pods of DaemonSets come all the same, and so does a pod that names the node. A drain that has begun goes no further.
    The cordon stands until `gitpod-sync uncordon`.
    """
    config = load_config(flags_of(context))
    with open_state(config) as history:
        cordon_node(history, find_node(config, node), Verb.CORDON)
    tell_when_nobody_listens(config)
