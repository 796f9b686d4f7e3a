"""Pods that run, until nothing is left of them: ours, beside the bare calls that remove the same."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from docker import APIClient

from benchmarks.bench import PARALLEL, Bench, Figure, compare, open_bench, pods_of_two, timed
from benchmarks.steady import running_loop
from gitpod_sync.loop.converge import converge
from gitpod_sync.loop.reconciler import Reconciler
from gitpod_sync.model.base import labels
from gitpod_sync.model.desired import Desired

TIMEOUT = 600.0


def measure_removal(client: APIClient, pods: int, rounds: int) -> Iterator[Figure]:
    """By a loop that runs already, as a daemon's does. Each is first in every other round."""
    pairs = []
    for number in range(rounds):
        before = _bare(client, pods) if number % 2 else None
        ours = _ours(client, pods)
        pairs.append((ours, before or _bare(client, pods)))
    yield compare(f"removal: {pods} pods of 2 containers, beside the bare calls", "s", pairs)


def _ours(client: APIClient, pods: int) -> float:
    desired = pods_of_two(pods)
    with open_bench(client) as bench:
        _converge(bench, desired)
        with running_loop(bench, desired) as reconciler:
            return timed(lambda: _turn_until_settled(bench, reconciler, Desired("nothing")))


def _bare(client: APIClient, pods: int) -> float:
    with open_bench(client) as bench:
        _converge(bench, pods_of_two(pods))
        return timed(lambda: _remove(client, {"label": f"{labels.INSTANCE}={bench.instance.name}"}))


def _converge(bench: Bench, desired: Desired) -> None:
    converge(bench.deps, bench.wake, desired, TIMEOUT, lambda _plan: None)


def _turn_until_settled(bench: Bench, reconciler: Reconciler, desired: Desired) -> None:
    while not (reconciler.run_pass(desired).settled and not reconciler.under_way):
        bench.wake.wait(time.time() + 1)
        time.sleep(reconciler.pause)


def _remove(client: APIClient, mine: dict[str, str]) -> None:
    """What a person would do: of each pod its containers, its sandbox, its volume, pods side by side."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for each in client.containers(all=True, filters=mine):
        told = each["Labels"]
        found.setdefault(told[labels.UID], []).append((labels.CONTAINER not in told, each["Id"]))
    volumes: dict[str, list[str]] = {}
    for each in client.volumes(filters=mine)["Volumes"] or []:
        volumes.setdefault(each["Labels"][labels.UID], []).append(each["Name"])

    def remove_pod(uid: str) -> None:
        for _, container in sorted(found[uid]):
            client.remove_container(container, force=True, v=True)
        for volume in volumes.get(uid, ()):
            client.remove_volume(volume)

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(remove_pod, found))
    for network in client.networks(filters=mine):
        client.remove_network(network["Id"])
