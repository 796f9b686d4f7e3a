"""`gitpod-sync get`: what there is now, in kubectl's columns."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import click
import yaml

from gitpod_sync.cli.assembly import (
    dry_run,
    load_in_force,
    open_observer,
    open_reader,
    read_history,
    warn_of_unwritable_state,
)
from gitpod_sync.cli.holding import tell_what_is_held
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import AUTOSCALER_NAMES, NODE_NAMES
from gitpod_sync.configuration.config import load_config
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.desired import Desired
from gitpod_sync.plan.steps import Plan
from gitpod_sync.resources.budgets import BUDGET_COLUMNS, BUDGET_NAMES, budget_row, list_budgets
from gitpod_sync.resources.columns import (
    DAEMON_SET_COLUMNS,
    DEPLOYMENT_COLUMNS,
    POD_COLUMNS,
    POD_WIDE,
    REPLICAS_COLUMNS,
    STATEFUL_SET_COLUMNS,
    STATEFUL_SET_WIDE,
    WORKLOAD_WIDE,
    Cells,
    Row,
    pod_row,
    render_table,
    workload_row,
)
from gitpod_sync.resources.items import PodItem, list_pods, list_workloads
from gitpod_sync.resources.listed_autoscalers import AUTOSCALER_COLUMNS, autoscaler_row, list_autoscalers
from gitpod_sync.resources.listed_jobs import (
    CRON_JOB_COLUMNS,
    JOB_COLUMNS,
    cron_job_row,
    job_row,
    list_cron_jobs,
    list_jobs,
)
from gitpod_sync.resources.messages import with_messages
from gitpod_sync.resources.objects import list_object


@dataclass(frozen=True, slots=True)
class _Resource:
    """A kind that can be listed: its names on the command line, its prefix in `get all`, its columns."""

    kind: str
    names: tuple[str, ...]
    prefix: str
    columns: Cells
    wide: Cells


_RESOURCES = (
    _Resource("Pod", ("pods", "pod", "po"), "pod/", POD_COLUMNS, POD_WIDE),
    _Resource(
        "ReplicationController",
        ("replicationcontrollers", "replicationcontroller", "rc"),
        "replicationcontroller/",
        REPLICAS_COLUMNS,
        WORKLOAD_WIDE,
    ),
    _Resource("DaemonSet", ("daemonsets", "daemonset", "ds"), "daemonset.apps/", DAEMON_SET_COLUMNS, WORKLOAD_WIDE),
    _Resource(
        "Deployment", ("deployments", "deployment", "deploy"), "deployment.apps/", DEPLOYMENT_COLUMNS, WORKLOAD_WIDE
    ),
    _Resource("ReplicaSet", ("replicasets", "replicaset", "rs"), "replicaset.apps/", REPLICAS_COLUMNS, WORKLOAD_WIDE),
    _Resource("CronJob", ("cronjobs", "cronjob", "cj"), "cronjob.batch/", CRON_JOB_COLUMNS, WORKLOAD_WIDE),
    _Resource("Job", ("jobs", "job"), "job.batch/", JOB_COLUMNS, WORKLOAD_WIDE),
    _Resource(
        "StatefulSet",
        ("statefulsets", "statefulset", "sts"),
        "statefulset.apps/",
        STATEFUL_SET_COLUMNS,
        STATEFUL_SET_WIDE,
    ),
    _Resource(
        "HorizontalPodAutoscaler",
        AUTOSCALER_NAMES,
        "horizontalpodautoscaler.autoscaling/",
        AUTOSCALER_COLUMNS,
        (),
    ),
)

_OTHERS = (_Resource("PodDisruptionBudget", BUDGET_NAMES, "poddisruptionbudget.policy/", BUDGET_COLUMNS, ()),)
"""Those that `get all` leaves out, as kubectl does."""


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
    if resource.lower() in {"events", "event", "ev"}:
        from gitpod_sync.cli.commands.events import show_events

        if names:
            raise click.UsageError("events have no names; choose with `gitpod-sync events --for KIND/NAME`")
        show_events(config, None if all_namespaces else namespace, None, (), None if output == "wide" else output)
        return
    if resource.lower() in NODE_NAMES:
        from gitpod_sync.cli.commands.nodes import show_nodes

        show_nodes(config, names, output)
        return
    chosen = _chosen(resource)
    with read_history(config) as history, open_observer(config) as observer:
        desired = load_in_force(config, history)
        _, plan = dry_run(config, observer, desired, history)
    scope = None if all_namespaces else namespace
    as_object = output in {"json", "yaml"}
    pods = [item for item in list_pods(plan) if scope in {None, item.namespace} and (not names or item.name in names)]
    if as_object:
        pods = with_messages(pods, lambda: open_reader(config))
    tables = [(each, _select(_rows(each, pods, plan, desired), scope, names)) for each in chosen]
    if as_object:
        objects = [row.object for _, rows in tables for row in rows]
        found = objects[0] if len(names) == 1 else list_object(objects)
        text = f"{json.dumps(found, indent=2)}\n" if output == "json" else yaml.safe_dump(found, sort_keys=False)
        click.echo(text, nl=False)
        return
    text = "\n\n".join(
        render_table(
            each.columns,
            rows,
            wide=each.wide if output == "wide" else (),
            prefix=each.prefix if resource == "all" else "",
            namespaces=all_namespaces,
        )
        for each, rows in tables
        if rows
    )
    click.echo(text or f"No resources found{f' in {scope} namespace' if scope else ''}.", err=not text)
    tell_what_is_held(plan, scope)


def _chosen(resource: str) -> Sequence[_Resource]:
    if resource == "all":
        return _RESOURCES
    for each in (*_RESOURCES, *_OTHERS):
        if resource.lower() in each.names:
            return (each,)
    named = [name for each in (*_RESOURCES, *_OTHERS) for name in each.names]
    near = get_close_matches(resource.lower(), (*named, *NODE_NAMES, "events", "all"), n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    known = ", ".join(each.names[0] for each in (*_RESOURCES, *_OTHERS))
    raise click.UsageError(f"there are no {resource!r} to list; {meant}known are {known}, nodes, events and all")


def _rows(resource: _Resource, pods: Sequence[PodItem], plan: Plan, desired: Desired) -> list[Row]:
    now = time.time()
    if resource.kind == "Pod":
        return [pod_row(item, now) for item in pods]
    if resource.kind == "Job":
        return [job_row(item, now) for item in list_jobs(plan, desired)]
    if resource.kind == "CronJob":
        return [cron_job_row(item, now) for item in list_cron_jobs(plan, desired)]
    if resource.kind == "HorizontalPodAutoscaler":
        return [autoscaler_row(item, now) for item in list_autoscalers(plan)]
    if resource.kind == "PodDisruptionBudget":
        return [budget_row(held) for held in list_budgets(plan, desired)]
    return [workload_row(item, now) for item in list_workloads(plan, desired, resource.kind)]


def _select(rows: Sequence[Row], namespace: str | None, names: Sequence[str]) -> list[Row]:
    selected = [row for row in rows if namespace in {None, row.namespace} and (not names or row.name in names)]
    missing = sorted(set(names) - {row.name for row in selected})
    if missing:
        raise GitpodSyncError(f"not found: {', '.join(missing)}", "look with `gitpod-sync get all -A`")
    return selected
