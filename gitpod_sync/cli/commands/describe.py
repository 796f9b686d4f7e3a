"""`gitpod-sync describe`: a pod or a workload in full, with what happened to it."""

import time
from collections.abc import Sequence

import click

from gitpod_sync.cli.assembly import dry_run, load_in_force, open_observer, open_reader, read_history
from gitpod_sync.cli.commands.describe_jobs import KINDS as JOB_KINDS
from gitpod_sync.cli.commands.describe_jobs import show_jobs
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import AUTOSCALER_NAMES, NODE_NAMES, kind_named, parse_object_name
from gitpod_sync.cli.typed import parse_selector
from gitpod_sync.configuration.config import load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE, Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.workloads.budgets import BUDGET_KIND
from gitpod_sync.resources.budgets import BUDGET_NAMES, describe_budget, list_budgets
from gitpod_sync.resources.described_pod import describe_pod
from gitpod_sync.resources.described_set import describe_set
from gitpod_sync.resources.described_workload import describe_workload
from gitpod_sync.resources.items import PodItem, list_pods, list_workloads
from gitpod_sync.resources.messages import with_messages
from gitpod_sync.resources.objects import pod_object

_SETS = ("StatefulSet", "DaemonSet")
_WORKLOADS = ("Deployment", "ReplicaSet", "ReplicationController", *_SETS)


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
    word, _, first = resource.partition("/")
    if word.lower() in JOB_KINDS:
        if selector is not None:
            raise click.UsageError("jobs cannot be chosen by their labels")
        named = (first, *(each.rpartition("/")[2] for each in names)) if first else names
        show_jobs(config, JOB_KINDS[word.lower()], named, namespace, with_events=show_events)
        return
    if word.lower() in AUTOSCALER_NAMES:
        from gitpod_sync.cli.commands.describe_autoscalers import show_autoscalers

        if selector is not None:
            raise click.UsageError("autoscalers cannot be chosen by their labels")
        named = (first, *(each.rpartition("/")[2] for each in names)) if first else names
        show_autoscalers(config, named, namespace, with_events=show_events)
        return
    if word.lower() in NODE_NAMES:
        from gitpod_sync.cli.commands.nodes import describe_nodes

        describe_nodes(config, [*filter(None, [first]), *names])
        return
    kind, names = _names(resource, names)
    with read_history(config) as history, open_observer(config) as observer:
        # Without a source all that runs can be described; with one also what cannot be made yet.
        desired = load_in_force(config, history) if config.sources else Desired()
        _, plan = dry_run(config, observer, desired, history)
        events = history.events(namespace) if show_events else ()
    now, wanted = time.time(), parse_selector(selector) if selector is not None else None
    if kind == "Pod":
        items = [
            item
            for item in list_pods(plan)
            if item.namespace == namespace
            and (wanted is None or wanted.matches(item.template.metadata.labels))
            and (not names or item.name in names)
        ]
        texts = [
            (item.name, describe_pod(pod_object(item), _events_of(item, events), now))
            for item in with_messages(items, lambda: open_reader(config))
        ]
    elif kind == BUDGET_KIND:
        texts = [
            (held.budget.key.name, describe_budget(held, _events_about(held.budget.key, events), now))
            for held in list_budgets(plan, desired)
            if held.budget.key.namespace == namespace
            and (wanted is None or wanted.matches(held.budget.metadata.labels))
        ]
    else:
        describe = describe_set if kind in _SETS else describe_workload
        texts = [
            (item.workload.key.name, describe(item, _events_about(item.workload.key, events), now))
            for item in list_workloads(plan, desired, kind)
            if item.workload.key.namespace == namespace
            and (wanted is None or wanted.matches(item.workload.metadata.labels))
        ]
    chosen = _select(texts, names, kind.lower(), namespace)
    if not chosen:
        click.echo(f"No resources found in {namespace} namespace.", err=True)
        return
    click.echo("\n\n\n".join(chosen))


def _names(resource: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The kind that is meant, and the names."""
    word, _, first = resource.partition("/")
    if word.partition(".")[0].lower() in BUDGET_NAMES:
        return BUDGET_KIND, tuple(each.rpartition("/")[2] for each in (*filter(None, [first]), *names))
    found = [parse_object_name(each) for each in (resource, *names)] if "/" in resource else []
    kinds = {each.kind for each in found} if found else {kind_named(resource)}
    if len(kinds) > 1:
        raise click.UsageError("describe one kind at a time")
    (kind,) = kinds
    if kind is None or kind not in {"Pod", *_WORKLOADS}:
        known = ", ".join(
            f"{each.lower()}s"
            for each in ("Pod", *_WORKLOADS, "Job", "CronJob", BUDGET_KIND, "HorizontalPodAutoscaler")
        )
        raise click.UsageError(f"{resource!r} cannot be described, only {known}; see also `gitpod-sync events --for`")
    return kind, tuple(each.name for each in found) or names


def _select(texts: Sequence[tuple[str, str]], names: Sequence[str], kind: str, namespace: str) -> list[str]:
    if not names:
        return [text for _, text in texts]
    missing = sorted(set(names) - {name for name, _ in texts})
    if missing:
        remedy = f"look with `gitpod-sync get {kind}s -A`"
        raise GitpodSyncError(f"there is no {kind} {', '.join(missing)} in namespace {namespace}", remedy)
    return [text for wanted in names for name, text in texts if name == wanted]


def _events_about(key: Key, events: Sequence[RecordedEvent]) -> Sequence[RecordedEvent]:
    return [each for each in events if each.event.about == key]


def _events_of(item: PodItem, events: Sequence[RecordedEvent]) -> Sequence[RecordedEvent]:
    """Those of this pod; before it has a UID, those of its name."""
    uids = {"", item.state.pod.identity.uid} if item.state else {""}
    return [
        each
        for each in events
        if each.event.about.kind == "Pod" and each.event.about.name == item.name and each.event.uid in uids
    ]
