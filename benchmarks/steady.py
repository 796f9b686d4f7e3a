"""Once everything runs: what a pass with nothing to do costs, and how fast a killed container is back."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from docker import APIClient

from benchmarks.bare import create_and_start
from benchmarks.bench import Bench, Figure, compare, open_bench, pods_of_two
from gitpod_sync.engines.docker.payload import compute_create_payload
from gitpod_sync.loop.converge import converge
from gitpod_sync.loop.reconciler import Reconciler
from gitpod_sync.loop.watch.engine_watch import EngineWatch
from gitpod_sync.model.base import labels
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.observed import ObservedContainer

TIMEOUT = 600.0
QUIET_PASSES = 50


def measure_steady(client: APIClient, pods: int, kills: int) -> Iterator[Figure]:
    """CPU of a quiet pass; kill to running, beside the bare calls."""
    desired = pods_of_two(pods)
    with open_bench(client) as bench:
        converge(bench.deps, bench.wake, desired, TIMEOUT, lambda _plan: None)
        with running_loop(bench, desired) as reconciler:
            yield _quiet_pass(reconciler, desired, pods * 3)
        with running_loop(bench, desired) as reconciler:
            pairs = [_repair_pair(bench, reconciler, desired, number) for number in range(kills)]
        yield compare("repair: a killed container runs again, beside the bare calls", "s", pairs)


@contextmanager
def running_loop(bench: Bench, desired: Desired) -> Iterator[Reconciler]:
    """A reconciler that has listened to the engine for long enough to know everything."""
    reconciler = Reconciler(bench.deps, failures={})
    watch = EngineWatch(bench.deps.engine, reconciler.is_under_way, bench.wake.ring)
    watch.start()
    bench.wake.wait(time.time() + 5)
    reconciler.run_pass(desired)
    try:
        yield reconciler
    finally:
        watch.stop()


def _quiet_pass(reconciler: Reconciler, desired: Desired, containers: int) -> Figure:
    spent = []
    for _ in range(QUIET_PASSES):
        begin = time.process_time()
        plan = reconciler.run_pass(desired)
        spent.append((time.process_time() - begin) * 1000)
        assert not plan.steps
    return Figure(f"quiet pass: CPU for {containers} containers", statistics.median(spent), "ms")


def _repair_pair(bench: Bench, reconciler: Reconciler, desired: Desired, number: int) -> tuple[float, float]:
    observed = bench.deps.engine.observe(frozenset()).containers
    fresh = [each for each in observed if each.labels.get(labels.ATTEMPT) == "0" and each.alive]
    ours = _ours(bench, reconciler, desired, fresh[0])
    bare = _bare(bench, fresh[1], number)
    # What the bare calls left dead is repaired before the next pair, not during it.
    bench.wake.wait(time.time() + 1)
    _settle(reconciler, desired)
    return ours, bare


def _ours(bench: Bench, reconciler: Reconciler, desired: Desired, victim: ObservedContainer) -> float:
    """From the kill to the start of the next attempt, as the engine's own events tell."""
    stopped = threading.Event()

    def turn() -> None:
        while not stopped.is_set():
            bench.wake.wait(time.time() + 0.5)
            reconciler.run_pass(desired)

    loop = threading.Thread(target=turn)
    loop.start()
    try:
        return _until_started(bench.client, victim, lambda: bench.client.kill(victim.id))
    finally:
        stopped.set()
        bench.wake.ring()
        loop.join()
        _settle(reconciler, desired)


def _bare(bench: Bench, victim: ObservedContainer, number: int) -> float:
    """Kill, wait for the event of its end, create the same container, start it."""
    payload = compute_create_payload(victim.config, {})
    name = f"{victim.name}-bare-{number}"

    def repair() -> None:
        with closing(bench.client.events(decode=True, filters={"container": victim.id, "event": "die"})) as events:
            bench.client.kill(victim.id)
            next(iter(events))
        create_and_start(bench.client, name, payload)

    try:
        return _until_started(bench.client, victim, repair)
    finally:
        bench.client.remove_container(name, force=True)


def _until_started(client: APIClient, victim: ObservedContainer, act: Callable[[], object]) -> float:
    """Seconds from before `act` to the engine's next start event for the victim's container of its pod."""
    mine = [f"{key}={victim.labels[key]}" for key in (labels.UID, labels.CONTAINER)]
    filters: dict[str, Any] = {"type": "container", "event": "start", "label": mine}
    with closing(client.events(decode=True, filters=filters)) as events:
        begin = time.time()
        act()
        started: dict[str, Any] = next(iter(events))
        return float(started["timeNano"]) / 1e9 - begin


def _settle(reconciler: Reconciler, desired: Desired) -> None:
    while reconciler.run_pass(desired).steps or reconciler.under_way:
        time.sleep(0.02)
