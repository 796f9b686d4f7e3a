"""`get nodes` and `describe node`: the machine that the engine runs on, as Kubernetes shows a node."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

import click
import yaml

from gitpod_sync.cli.assembly import dry_run, open_observer, read_history
from gitpod_sync.configuration.config import Config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.loop.watch.node_look import take_look
from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.cordon import cordon_of
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.records.interventions import NODE
from gitpod_sync.model.records.pressure import Pressure, holding
from gitpod_sync.plan.node_state import compute_node_now
from gitpod_sync.resources.columns import render_age
from gitpod_sync.resources.descriptions.node import describe_node
from gitpod_sync.resources.node_object import NodeItem, node_object
from gitpod_sync.resources.objects import list_object
from gitpod_sync.resources.tables import render_cells

_COLUMNS = ("NAME", "STATUS", "ROLES", "AGE", "VERSION")
_WIDE = ("OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME")


@dataclass(frozen=True, slots=True)
class _Found:
    """A node with what happened to it."""

    item: NodeItem
    events: Sequence[RecordedEvent]


def show_nodes(config: Config, names: Sequence[str], output: str | None) -> None:
    """Print kubectl's columns, or JSON or YAML. Raises `GitpodSyncError` for a name that is not the node's."""
    item = _find(config, names).item
    found = node_object(item)
    if output in {"json", "yaml"}:
        whole = found if names else list_object([found])
        text = f"{json.dumps(whole, indent=2)}\n" if output == "json" else yaml.safe_dump(whole, sort_keys=False)
        click.echo(text, nl=False)
        return
    info = found["status"]["nodeInfo"]
    age = "<unknown>" if item.began_at is None else render_age(item.began_at, time.time())
    row = (item.name, _status(found), "<none>", age, info["kubeletVersion"])
    wide = (info["osImage"], info["kernelVersion"], info["containerRuntimeVersion"])
    rows = [_COLUMNS, row] if output is None else [(*_COLUMNS, *_WIDE), (*row, *wide)]
    click.echo(render_cells(rows))


def describe_nodes(config: Config, names: Sequence[str]) -> None:
    """Print the node in full. Raises `GitpodSyncError` for a name that is not the node's."""
    found = _find(config, names)
    click.echo(describe_node(node_object(found.item), found.item, found.events, time.time()))


def _find(config: Config, names: Sequence[str]) -> _Found:
    with read_history(config) as history, open_observer(config) as observer:
        _, plan = dry_run(config, observer, Desired(), history)
        observed, about = observer.observe(frozenset()), observer.read_about()
        machine = observed.node
        before, now = Pressure(conditions=history.conditions()), time.time()
        pressure, unwatched = take_look(observer, (), before, config.pods.eviction, now, with_limits=False)
        cordon = cordon_of(each for each in history.interventions() or () if each.subject == NODE)
        held = holding(pressure, config.pods.eviction, now)
        node = compute_node_now(machine, config.pods.node, held, cordon)
        events = [each for each in history.events("") if each.event.about.kind == "Node"]
    missing = sorted(set(names) - {machine.name})
    if missing:
        raise GitpodSyncError(f"there is no node {', '.join(missing)}", f"the engine's is {machine.name}")
    return _Found(
        NodeItem(
            node=node, about=about, pressure=pressure, unwatched=unwatched, pods=plan.pods, began_at=observed.began_at
        ),
        events,
    )


def _status(found: Json) -> str:
    """`Ready`, with the pressure that it is under, which kubectl leaves to `describe`, and whether it is cordoned."""
    true = [each["type"] for each in found["status"]["conditions"] if each["status"] == "True"]
    words = sorted(true, key=lambda name: name != "Ready")
    return ",".join([*words, *(["SchedulingDisabled"] if found["spec"].get("unschedulable") else [])])
