"""`gitpod-sync top`: what pods use of CPU and memory now."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import click

from gitpod_sync.cli.assembly import open_reader
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import find_pod, list_observed_pods, parse_object_name, select_pods
from gitpod_sync.cli.typed import parse_selector
from gitpod_sync.configuration.config import load_config
from gitpod_sync.engines.container_access import Reader, Usage
from gitpod_sync.model.base.labels import CONTAINER
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.kinds import KINDS, kind_named
from gitpod_sync.resources.columns import Cells
from gitpod_sync.resources.tables import render_cells

_PARALLEL = 32
"""Looks at once: each takes a second, and most of it is waiting."""

_MEBIBYTE = 1024 * 1024
_ORDERS: Mapping[str, Callable[["_Line"], int]] = {
    "cpu": lambda line: -line.usage.millicores,
    "memory": lambda line: -line.usage.memory,
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A pod, or a container of one."""

    pod: ObservedPod
    container: str
    usage: Usage


@click.command()
@click.argument("resource")
@click.argument("name", required=False)
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--all-namespaces", "-A", is_flag=True, help="Pods of every namespace.")
@click.option("--selector", "-l", help="Only pods with these labels.")
@click.option("--containers", is_flag=True, help="A line for each container.")
@click.option("--sort-by", type=click.Choice(sorted(_ORDERS)), help="The largest first.")
@click.option("--no-headers", is_flag=True, help="Without the line of headers.")
@common_options
@click.pass_context
def command(
    context: click.Context,
    resource: str,
    name: str | None,
    namespace: str,
    selector: str | None,
    sort_by: str | None,
    *,
    all_namespaces: bool,
    containers: bool,
    no_headers: bool,
) -> None:
    """Show use of CPU (thousandths of a core) and memory (the working set): `top pods [NAME]`."""
    if kind_named(resource) is not KINDS["Pod"]:
        raise click.UsageError(f"{resource!r} has no known use; write `top pods`")
    config = load_config(flags_of(context))
    pods = list_observed_pods(config, None if all_namespaces else namespace)
    if name is not None:
        pods = (find_pod(pods, parse_object_name(name), namespace),)
    elif selector is not None:
        pods = select_pods(pods, parse_selector(selector))
    with open_reader(config) as reader:
        lines = _measure(reader, pods)
    if not containers:
        lines = _sum_up(lines)
    if sort_by:
        lines = sorted(lines, key=_ORDERS[sort_by])
    if not lines:
        click.echo(
            "No resources found." if all_namespaces else f"No resources found in {namespace} namespace.", err=True
        )
        return
    header = (("POD", "NAME") if containers else ("NAME",)) + ("CPU(cores)", "MEMORY(bytes)")
    rows = [_cells(line) for line in lines]
    if all_namespaces:
        header = ("NAMESPACE", *header)
        rows = [(line.pod.identity.namespace, *row) for line, row in zip(lines, rows, strict=True)]
    click.echo(render_cells(rows if no_headers else [header, *rows]))


def _measure(reader: Reader, pods: Sequence[ObservedPod]) -> Sequence[_Line]:
    """Every container that runs, looked at side by side."""
    running = [(pod, each) for pod in pods for each in pod.containers if each.alive]
    with ThreadPoolExecutor(_PARALLEL) as pool:
        usages = list(pool.map(reader.usage, [container.id for _, container in running]))
    return [
        _Line(pod, container.labels[CONTAINER], usage)
        for (pod, container), usage in zip(running, usages, strict=True)
        if usage is not None
    ]


def _sum_up(lines: Sequence[_Line]) -> Sequence[_Line]:
    sums: dict[str, _Line] = {}
    for line in lines:
        uid = line.pod.identity.uid
        before = sums[uid].usage if uid in sums else Usage(0, 0)
        usage = Usage(before.millicores + line.usage.millicores, before.memory + line.usage.memory)
        sums[uid] = _Line(line.pod, "", usage)
    return list(sums.values())


def _cells(line: _Line) -> Cells:
    names = (line.pod.identity.name, line.container) if line.container else (line.pod.identity.name,)
    return (*names, f"{line.usage.millicores}m", f"{line.usage.memory // _MEBIBYTE}Mi")
