"""`gitpod-sync events`, which is `get events` as well: what happened, from the history."""

import json
import time
from collections.abc import Sequence

import click
import yaml

from gitpod_sync.cli.assembly import read_history
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import ObjectName, parse_object_name
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.kinds import Role, kind_named
from gitpod_sync.model.records.event import EventType, RecordedEvent
from gitpod_sync.model.workloads.local_time import render_rfc3339
from gitpod_sync.resources.descriptions.pod import SOURCE, render_last_seen
from gitpod_sync.resources.objects import list_object
from gitpod_sync.resources.tables import render_cells

_COLUMNS = ("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")


@click.command()
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--all-namespaces", "-A", is_flag=True, help="Of every namespace.")
@click.option("--for", "about", metavar="KIND/NAME", help="Only of this object.")
@click.option(
    "--types", type=click.Choice([each.value for each in EventType]), multiple=True, help="Only of this type."
)
@click.option("--output", "-o", type=click.Choice(["json", "yaml"]))
@common_options
@click.pass_context
def command(
    context: click.Context,
    namespace: str,
    about: str | None,
    types: tuple[str, ...],
    output: str | None,
    *,
    all_namespaces: bool,
) -> None:
    """List what happened to pods and workloads, the latest last. Kept for a week, 10,000 at most."""
    config = load_config(flags_of(context))
    scope = None if all_namespaces else namespace
    show_events(config, scope, _parse_subject(about), types, output)


def show_events(
    config: Config, namespace: str | None, about: ObjectName | None, types: Sequence[str], output: str | None
) -> None:
    """Print the events of a namespace (None: of all) that fit."""
    with read_history(config) as history:
        found = [each for each in history.events(namespace) if _fits(each, about, types)]
    if output is not None:
        listed = list_object(map(_object, found))
        text = f"{json.dumps(listed, indent=2)}\n" if output == "json" else yaml.safe_dump(listed, sort_keys=False)
        click.echo(text, nl=False)
        return
    if not found:
        click.echo(f"No events found{f' in {namespace} namespace' if namespace else ''}.", err=True)
        return
    now = time.time()
    rows = [_COLUMNS, *(_cells(each, now) for each in found)]
    if namespace is None:
        spaces = ["NAMESPACE", *(each.event.about.namespace for each in found)]
        click.echo(render_cells([(space, *row) for space, row in zip(spaces, rows, strict=True)]))
        return
    click.echo(render_cells(rows))


def _parse_subject(text: str | None) -> ObjectName | None:
    if text is not None and "/" not in text:
        raise click.UsageError(f"{text!r} names no object; write it like pod/{text} or deployment/{text}")
    kind, _, name = (text or "").partition("/")
    known = kind_named(kind)
    if known is not None and Role.SHOWN in known.roles and name:
        return ObjectName(known.name, name)
    return parse_object_name(text) if text else None


def _fits(each: RecordedEvent, about: ObjectName | None, types: Sequence[str]) -> bool:
    subject = each.event.about
    return (about is None or (subject.kind, subject.name) == (about.kind, about.name)) and (
        not types or each.event.type.value in types
    )


def _cells(each: RecordedEvent, now: float) -> tuple[str, ...]:
    event = each.event
    subject = f"{event.about.kind.lower()}/{event.about.name}"
    return render_last_seen(each, now), event.type.value, event.reason, subject, event.message


def _object(each: RecordedEvent) -> Json:
    """A v1 Event."""
    event = each.event
    subject = {"kind": event.about.kind, "namespace": event.about.namespace, "name": event.about.name}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": event.about.namespace},
        "involvedObject": subject | ({"uid": event.uid} if event.uid else {}),
        "type": event.type.value,
        "reason": event.reason,
        "message": event.message,
        "count": each.count,
        "firstTimestamp": render_rfc3339(each.first_at),
        "lastTimestamp": render_rfc3339(each.last_at),
        "source": {"component": SOURCE},
    }
