"""Common parts of the commands about the node: its name, and the interventions in force."""

import time

import click

from gitpod_sync.cli.assembly import open_observer
from gitpod_sync.configuration.config import Config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event
from gitpod_sync.model.records.interventions import NODE, Intervention, Verb
from gitpod_sync.status.history import History


def find_node(config: Config, name: str | None) -> str:
    """The name of the engine's node. Raises `GitpodSyncError` when another one is named."""
    with open_observer(config) as observer:
        own = observer.observe(frozenset()).node.name
    if name is not None and name.removeprefix("node/") != own:
        raise GitpodSyncError(f"there is no node {name.removeprefix('node/')}", f"the engine's is {own}")
    return own


def node_interventions(history: History) -> dict[Verb, Intervention]:
    """The interventions in force about the node."""
    return {each.verb: each for each in history.interventions() or () if each.subject == NODE}


def cordon_node(history: History, node: str, verb: Verb, argument: str = "") -> None:
    """Let no pod come to it from now on. A cordon takes the place of a drain, and a drain that of a cordon."""
    before = node_interventions(history)
    now = time.time()
    history.give_intervention(Intervention(NODE, verb, argument, now))
    history.take_back(intervention for known, intervention in before.items() if known is not verb)
    if before:
        click.echo(f"node/{node} already cordoned")
        return
    history.record_events([(_node_event(node, "NodeNotSchedulable"), now)])
    click.echo(f"node/{node} cordoned")


def uncordon_node(history: History, node: str) -> None:
    """Let pods come again."""
    before = node_interventions(history)
    if not before:
        click.echo(f"node/{node} already uncordoned")
        return
    history.take_back(before.values())
    history.record_events([(_node_event(node, "NodeSchedulable"), time.time())])
    click.echo(f"node/{node} uncordoned")


def _node_event(node: str, status: str) -> Event:
    return Event(Key("Node", "", node), status, f"Node {node} status is now: {status}")
