"""`gitpod-sync get`: what there is now, in kubectl's columns."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

import click
import yaml

from gitpod_sync.cli.assembly import (
    load_in_force,
    open_observer,
    open_reader,
    publish,
    read_history,
    warn_of_unwritable_state,
)
from gitpod_sync.cli.holding import tell_what_is_held
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.kinds import KINDS, Role, has_role, kind_named
from gitpod_sync.resources.columns import render_table
from gitpod_sync.resources.identities import with_identity
from gitpod_sync.resources.objects import list_object
from gitpod_sync.resources.registry import RESOURCES, Item, Resource


@click.command()
@click.argument("resource")
@click.argument("names", nargs=-1)
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--all-namespaces", "-A", is_flag=True, help="List every namespace.")
@click.option("--output", "-o", type=click.Choice(["wide", "json", "yaml"]))
@common_options
@click.pass_context
def command(
    context: click.Context,
    resource: str,
    names: tuple[str, ...],
    namespace: str,
    output: str | None,
    *,
    all_namespaces: bool,
) -> None:
    """List pods, deployments, statefulsets, jobs, autoscalers, nodes, events and more, or only those named."""
    config = load_config(flags_of(context))
    warn_of_unwritable_state(config)
    kind = kind_named(resource)
    if kind is KINDS["Event"]:
        from gitpod_sync.cli.commands.events import show_events

        if names:
            raise click.UsageError("events have no names; choose with `gitpod-sync events --for KIND/NAME`")
        show_events(config, None if all_namespaces else namespace, None, (), None if output == "wide" else output)
        return
    if kind is KINDS["Node"]:
        from gitpod_sync.cli.commands.nodes import show_nodes

        show_nodes(config, names, output)
        return
    chosen = _chosen(resource)
    with read_history(config) as history, open_observer(config) as observer:
        desired = load_in_force(config, history)
        published = publish(config, observer, desired, history)
    scope = None if all_namespaces else namespace
    found = {kind: _select(RESOURCES[kind], RESOURCES[kind].items(published), scope, names) for kind in chosen}
    if output in {"json", "yaml"}:
        objects = [
            with_identity(each, published.identities)
            for kind, items in found.items()
            for each in _objects(config, RESOURCES[kind], items)
        ]
        shown = objects[0] if len(names) == 1 else list_object(objects)
        text = f"{json.dumps(shown, indent=2)}\n" if output == "json" else yaml.safe_dump(shown, sort_keys=False)
        click.echo(text, nl=False)
        return
    now = time.time()
    text = "\n\n".join(
        render_table(
            RESOURCES[kind].columns,
            [RESOURCES[kind].row(item, now) for item in items],
            wide=RESOURCES[kind].wide if output == "wide" else (),
            prefix=f"{KINDS[kind].resource}/" if resource == "all" else "",
            namespaces=all_namespaces,
        )
        for kind, items in found.items()
        if items
    )
    click.echo(text or f"No resources found{f' in {scope} namespace' if scope else ''}.", err=not text)
    tell_what_is_held(published.plan, scope)


def _chosen(resource: str) -> Sequence[str]:
    """The kinds that are meant."""
    if resource == "all":
        return [kind for kind in RESOURCES if has_role(kind, Role.OF_ALL)]
    kind = kind_named(resource)
    if kind is not None and kind.name in RESOURCES:
        return [kind.name]
    named = [name for each in (*RESOURCES, "Node") for name in KINDS[each].names]
    near = get_close_matches(resource.lower(), (*named, "events", "all"), n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    known = ", ".join(KINDS[each].plural for each in RESOURCES)
    raise click.UsageError(f"there are no {resource!r} to list; {meant}known are {known}, nodes, events and all")


def _select(
    resource: Resource[Item], items: Iterable[Item], namespace: str | None, names: Sequence[str]
) -> Sequence[Item]:
    there = [(resource.metadata(item), item) for item in items]
    selected = [
        (metadata.name, item)
        for metadata, item in there
        if namespace in {None, metadata.namespace} and (not names or metadata.name in names)
    ]
    missing = sorted(set(names) - {name for name, _ in selected})
    if missing:
        raise GitpodSyncError(f"not found: {', '.join(missing)}", "look with `gitpod-sync get all -A`")
    return [item for _, item in selected]


def _objects(config: Config, resource: Resource[Item], items: Sequence[Item]) -> Iterator[Json]:
    return map(resource.object, resource.with_details(items, lambda: open_reader(config)))
