"""`gitpod-sync logs`: what containers wrote."""

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from queue import SimpleQueue

import click

from gitpod_sync.cli.assembly import open_reader
from gitpod_sync.cli.named_pod import find_named_pod
from gitpod_sync.cli.options import common_options, flags_of
from gitpod_sync.cli.targets import (
    choose_container,
    container_names,
    list_observed_pods,
    parse_object_name,
    select_pods,
)
from gitpod_sync.cli.typed import MomentType, SpanType, parse_selector
from gitpod_sync.configuration.config import Config, load_config
from gitpod_sync.controllers.pod.restarts import restarts_after
from gitpod_sync.engines.container_access import LogQuery, Reader
from gitpod_sync.errors import GitpodSyncError
from gitpod_sync.model.base.labels import CONTAINER
from gitpod_sync.model.base.meta import DEFAULT_NAMESPACE
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer
from gitpod_sync.model.engine.pods import ObservedPod

SELECTED_TAIL = 10
"""Lines of each container when a selector chose it, as kubectl has it."""


@dataclass(frozen=True, slots=True)
class _Log:
    """One container's log, and what stands before each line of it."""

    container: ObservedContainer
    prefix: bytes


@click.command()
@click.argument("pod", required=False)
@click.argument("container_name", required=False, metavar="[CONTAINER]")
@click.option("--container", "-c", help="Which container (default: the first, or the one that an annotation names).")
@click.option("--namespace", "-n", default=DEFAULT_NAMESPACE, show_default=True)
@click.option("--follow", "-f", is_flag=True, help="Go on until the container ends.")
@click.option("--previous", "-p", is_flag=True, help="The attempt that ended before the present one.")
@click.option("--since", type=SpanType(), help="Only lines of the last 5s, 2m or 3h.")
@click.option("--since-time", type=MomentType(), help="Only lines from this time on (RFC 3339).")
@click.option("--tail", type=int, help="Only this many lines at the end (default: all; 10 with a selector).")
@click.option("--selector", "-l", help="All pods with these labels.")
@click.option("--all-containers", is_flag=True, help="All containers of the pod.")
@click.option("--timestamps", is_flag=True, help="The time of each line before it.")
@click.option("--prefix", is_flag=True, help="The names of pod and container before each line.")
@common_options
@click.pass_context
def command(
    context: click.Context,
    pod: str | None,
    container_name: str | None,
    container: str | None,
    namespace: str,
    since: float | None,
    since_time: float | None,
    tail: int | None,
    selector: str | None,
    *,
    follow: bool,
    previous: bool,
    all_containers: bool,
    timestamps: bool,
    prefix: bool,
) -> None:
    """Print what a container wrote: of a POD, of pod/NAME, or of one pod of deployment/NAME."""
    container = container or container_name
    if (pod is None) == (selector is None):
        raise click.UsageError("give either a POD or --selector")
    if since is not None and since_time is not None:
        raise click.UsageError("give at most one of --since and --since-time")
    if all_containers and container:
        raise click.UsageError("give at most one of --all-containers and a container")
    config = load_config(flags_of(context))
    pods = _chosen_pods(config, pod, selector, namespace)
    logs = [
        _Log(_attempt(each, name, previous=previous), f"[pod/{each.identity.name}/{name}] ".encode() if prefix else b"")
        for each in pods
        for name in (container_names(each) if all_containers else (choose_container(each, container),))
    ]
    if tail is None and selector is not None:
        tail = SELECTED_TAIL
    query = LogQuery(
        follow=follow and not previous,
        tail=tail if tail is not None and tail >= 0 else None,
        since=time.time() - since if since is not None else since_time,
        timestamps=timestamps,
    )
    with open_reader(config) as reader:
        _print_logs(reader, logs, query)


def _chosen_pods(config: Config, pod: str | None, selector: str | None, namespace: str) -> Sequence[ObservedPod]:
    if pod is None:
        chosen = select_pods(list_observed_pods(config, namespace), parse_selector(selector or ""))
        if not chosen:
            click.echo(f"No resources found in {namespace} namespace.", err=True)
        return chosen
    found = find_named_pod(config, pod, namespace)
    if parse_object_name(pod).kind != "Pod":
        click.echo(f"using pod/{found.identity.name}", err=True)
    return (found,)


def _attempt(pod: ObservedPod, name: str, *, previous: bool) -> ObservedContainer:
    """The attempt whose log is asked for: the last started one, or with `previous` the one that ended before."""
    started = [each for each in pod.attempts.get(name, ()) if each.status is not ContainerStatus.CREATED]
    if not previous:
        if not started:
            message = f"container {name} of pod {pod.identity} has not been started yet"
            raise GitpodSyncError(message, "look with `gitpod-sync describe pod` why")
        return started[-1]
    ended = [each for each in started if not each.alive]
    if started and _is_final(pod, started[-1]):
        del ended[-1:]
    # One that ended and waits to be started again is the previous one already.
    if not ended:
        message = f"container {name} of pod {pod.identity} has no previous attempt"
        raise GitpodSyncError(message, "leave out --previous")
    return ended[-1]


def _is_final(pod: ObservedPod, last: ObservedContainer) -> bool:
    """Whether it has ended and no attempt follows."""
    followed = pod.latest(last.labels[CONTAINER]) is not last
    return not (last.alive or followed or restarts_after(last, pod.identity.template.spec.restart_policy))


def _print_logs(reader: Reader, logs: Sequence[_Log], query: LogQuery) -> None:
    lock = threading.Lock()
    if not query.follow or len(logs) == 1:
        for log in logs:
            _print_log(reader, log, query, lock)
        return
    ends: SimpleQueue[GitpodSyncError | OSError | None] = SimpleQueue()

    def follow(log: _Log) -> None:
        try:
            _print_log(reader, log, query, lock)
        except (GitpodSyncError, OSError) as error:
            ends.put(error)
        else:
            ends.put(None)

    for log in logs:
        threading.Thread(target=follow, args=(log,), daemon=True).start()
    failures = []
    for _ in logs:
        end = ends.get()
        if isinstance(end, OSError):
            raise end  # nobody reads any of them
        failures += [end] if end else []
    for failure in failures:
        raise failure


def _print_log(reader: Reader, log: _Log, query: LogQuery, lock: threading.Lock) -> None:
    with closing(reader.logs(log.container.id, query)) as stream:
        for line in _lines(stream):
            with lock:
                sys.stdout.buffer.write(log.prefix + line)
                sys.stdout.buffer.flush()


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines, so that lines of several containers do not mix; the last one may lack its end."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line + b"\n" for line in lines)
    if rest:
        yield rest
