"""`gitpod-sync describe`: a pod in full, with what happened to it."""

import time
from collections.abc import Sequence

import click

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_history, open_observer, open_reader
from gitpod_sync.cli.config import load_config
from gitpod_sync.cli.describe_jobs import KINDS as JOB_KINDS
from gitpod_sync.cli.describe_jobs import show_jobs
from gitpod_sync.cli.described_pod import describe_pod
from gitpod_sync.cli.listing import PodItem, list_pods
from gitpod_sync.cli.messages import with_messages
from gitpod_sync.cli.objects import pod_object
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.selectors import parse_selector
from gitpod_sync.cli.targets import NODE_NAMES, parse_object_name
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.event import RecordedEvent
from gitpod_sync.model.meta import DEFAULT_NAMESPACE

_KINDS = {"pod", "pods", "po"}


@click.command()
@click.argument("resource")
@click.argument("names", nargs=-1)
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--selector", "-l", help="Only pods with these labels.")
@click.option("--show-events/--no-show-events", default=True, help="With what happened, or without.")
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
    """Show pods, jobs, cronjobs or the node in full: `describe pod NAME…`, `describe job/NAME`, or all there are."""
    config = load_config(flags_of(context))
    kind, _, first = resource.partition("/")
    if kind.lower() in JOB_KINDS:
        if selector is not None:
            raise click.UsageError("only pods can be chosen by their labels")
        named = (first, *(each.rpartition("/")[2] for each in names)) if first else names
        show_jobs(config, JOB_KINDS[kind.lower()], named, namespace, with_events=show_events)
        return
    if kind.lower() in NODE_NAMES:
        from gitpod_sync.cli.nodes import describe_nodes

        describe_nodes(config, [*filter(None, [first]), *names])
        return
    names = _names(resource, names)
    with open_history(config) as history, open_observer(config) as observer:
        # Without a source all that runs can be described; with one also what cannot be made yet.
        desired = load_in_force(config, history) if config.sources else Desired()
        _, plan = dry_run(config, observer, desired, history)
        events = history.events(namespace) if show_events else ()
    items = [item for item in list_pods(plan) if item.namespace == namespace]
    if selector is not None:
        wanted = parse_selector(selector)
        items = [item for item in items if wanted.matches(item.template.metadata.labels)]
    items = _select(items, names, namespace)
    if not items:
        click.echo(f"No resources found in {namespace} namespace.", err=True)
        return
    now, items = time.time(), with_messages(items, lambda: open_reader(config))
    click.echo("\n\n\n".join(describe_pod(pod_object(item), _events_of(item, events), now) for item in items))


def _names(resource: str, names: tuple[str, ...]) -> tuple[str, ...]:
    if "/" in resource:
        found = [parse_object_name(each) for each in (resource, *names)]
        if any(each.kind != "Pod" for each in found):
            raise click.UsageError(
                "only pods and jobs can be described; for others see `gitpod-sync get` and `events --for`"
            )
        return tuple(each.name for each in found)
    if resource.lower() not in _KINDS:
        raise click.UsageError(
            f"{resource!r} cannot be described, only pods, jobs and cronjobs; for others see `gitpod-sync get` and "
            "`events --for`"
        )
    return names


def _select(items: Sequence[PodItem], names: Sequence[str], namespace: str) -> list[PodItem]:
    if not names:
        return list(items)
    missing = sorted(set(names) - {item.name for item in items})
    if missing:
        raise GitpodSyncError(
            f"there is no pod {', '.join(missing)} in namespace {namespace}", "look with `gitpod-sync get pods -A`"
        )
    return [item for name in names for item in items if item.name == name]


def _events_of(item: PodItem, events: Sequence[RecordedEvent]) -> Sequence[RecordedEvent]:
    """Those of this pod; before it has a UID, those of its name."""
    uids = {"", item.state.pod.identity.uid} if item.state else {""}
    return [
        each
        for each in events
        if each.event.about.kind == "Pod" and each.event.about.name == item.name and each.event.uid in uids
    ]
