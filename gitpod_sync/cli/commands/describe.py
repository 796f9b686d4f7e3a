"""`gitpod-sync describe`: an object in full, with what happened to it."""

import time
from collections.abc import Iterator, Sequence

import click

from gitpod_sync.cli.assembly import load_in_force, open_observer, open_reader, publish, read_history
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.typed import parse_selector
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.base.selector import LabelSelector
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.kinds import KINDS, Kind, Role, kind_named, kinds_with
from gitpod_sync.resources.registry import RESOURCES


@click.command()
@click.argument("resource")
@click.argument("names", nargs=-1)
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--selector", "-l", help="Only objects with these labels.")
@click.option("--show-events/--no-show-events", default=True, help="Show events, or leave them out.")
@common_options
@click.pass_context
def command(
    context: click.Context,
    resource: str,
    names: tuple[str, ...],
    namespace: str,
    selector: str | None,
    *,
    show_events: bool,
) -> None:
    """Show pods, workloads, jobs, autoscalers or the node in full: `describe pod NAME…`, or all there are."""
    config = load_config(flags_of(context))
    kind, chosen = _parse(resource, names)
    if kind is KINDS["Node"]:
        from gitpod_sync.cli.commands.nodes import describe_nodes

        describe_nodes(config, chosen)
        return
    wanted = parse_selector(selector) if selector is not None else LabelSelector()
    texts = list(_texts(config, kind, chosen, namespace, wanted, with_events=show_events))
    missing = sorted(set(chosen) - {name for name, _ in texts})
    if missing:
        message = f"there is no {kind.name.lower()} {', '.join(missing)} in namespace {namespace}"
        raise GitpodSyncError(message, f"look with `gitpod-sync get {kind.plural} -A`")
    if not texts:
        click.echo(f"No resources found in {namespace} namespace.", err=True)
        return
    in_order = sorted(texts, key=lambda each: chosen.index(each[0])) if chosen else texts
    click.echo("\n\n\n".join(text for _, text in in_order))


def _texts(
    config: Config, kind: Kind, names: Sequence[str], namespace: str, wanted: LabelSelector, *, with_events: bool
) -> Iterator[tuple[str, str]]:
    """Name and text of each that is meant."""
    with read_history(config) as history, open_observer(config) as observer:
        # Without a source all that runs can be described; with one also what cannot be made yet.
        desired = load_in_force(config, history) if config.sources else Desired()
        published = publish(config, observer, desired, history)
        events = history.events(namespace) if with_events else ()
    resource, now = RESOURCES[kind.name], time.time()
    meant = [
        item
        for item in resource.items(published)
        if (metadata := resource.metadata(item)).namespace == namespace
        and wanted.matches(metadata.labels)
        and (not names or metadata.name in names)
    ]
    for item in resource.with_details(meant, lambda: open_reader(config)):
        yield resource.metadata(item).name, resource.describe(item, events, now)


def _parse(resource: str, names: Sequence[str]) -> tuple[Kind, Sequence[str]]:
    """The kind that is meant and the names, of `KIND`, `KIND NAME…` or `KIND/NAME…`."""
    word, slash, first = resource.partition("/")
    kind = kind_named(word)
    if kind is None or (Role.SHOWN not in kind.roles and kind is not KINDS["Node"]) or (slash and not first):
        known = ", ".join(KINDS[each].plural for each in kinds_with(Role.SHOWN))
        raise click.UsageError(f"{resource!r} cannot be described, only {known}; see also `gitpod-sync events --for`")
    parts = [each.rpartition("/") for each in names]
    if any(kind_named(other) is not kind for other, between, _ in parts if between):
        raise click.UsageError("describe one kind at a time")
    return kind, [*filter(None, [first]), *(name for _, _, name in parts)]
