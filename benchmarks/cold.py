"""Pods that are not there yet, until all run: ours, the bare calls, and Compose if it can be had."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import APIClient

from benchmarks.bare import carry_out, create_calls
from benchmarks.bench import IMAGE, RUN_FOR_EVER, Figure, compare, find_peer, open_bench, pods_of_two, remove_all, timed
from gitpod_sync.loop.converge import converge
from gitpod_sync.loop.snapshots import Snapshots
from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from gitpod_sync.plan.reconcile import compute_plan
from gitpod_sync.plan.situation import Situation

TIMEOUT = 600.0
LABEL = "gitpod-sync-bench"


def measure_cold(client: APIClient, pods: int, rounds: int) -> Iterator[Figure]:
    """Ours beside the bare calls, each first in every other round; then ours beside Compose."""
    pairs = []
    for number in range(rounds):
        before = _bare(client, pods) if number % 2 else None
        ours = _ours(client, pods)
        pairs.append((ours, before or _bare(client, pods)))
    yield compare(f"cold: {pods} pods of 2 containers, beside the bare calls", "s", pairs)
    compose = find_peer("docker-compose")
    if compose:
        peers = [(_ours(client, pods), _compose(compose, pods)) for _ in range(max(1, rounds // 2))]
        yield compare(f"cold: {pods} pods of 2 containers, beside Compose", "s", peers)


def _ours(client: APIClient, pods: int) -> float:
    desired = pods_of_two(pods)
    with open_bench(client) as bench:
        return timed(lambda: converge(bench.deps, bench.wake, desired, TIMEOUT, lambda _plan: None))


def _bare(client: APIClient, pods: int) -> float:
    desired = pods_of_two(pods)
    with open_bench(client) as bench:
        observed = Snapshots(bench.deps.engine).take(desired)
        now = bench.deps.clock()
        situation = Situation(instance=bench.instance, desired=desired, observed=observed, now=now, nonce="bench")
        chains = create_calls(compute_plan(situation))
        label = f"{LABEL}-{bench.instance.name}"
        try:
            return timed(lambda: carry_out(client, bench.instance.network, label, chains))
        finally:
            remove_all(client, f"gitpod-sync.io/instance={bench.instance.name}")
            remove_all(client, label)


def _compose(compose: str, pods: int) -> float:
    """The same containers: a sandbox a pod, and two that share its network."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "compose.yaml"
        project = f"bench{Path(folder).name.lower().replace('_', '')}"
        file.write_text(json.dumps({"services": _compose_services(pods)}))
        command = [compose, "-p", project, "-f", str(file)]
        try:
            return timed(lambda: subprocess.run([*command, "up", "-d"], check=True, capture_output=True))
        finally:
            subprocess.run([*command, "down", "-t", "0"], check=True, capture_output=True)


def _compose_services(pods: int) -> dict[str, object]:
    services: dict[str, object] = {}
    for number in range(pods):
        sandbox = f"pod{number:03}"
        services[sandbox] = {"image": SANDBOX_IMAGE, "stop_grace_period": "0s"}
        for name in ("one", "two"):
            services[f"{sandbox}-{name}"] = {
                "image": IMAGE,
                "entrypoint": list(RUN_FOR_EVER),
                "network_mode": f"service:{sandbox}",
                "stop_grace_period": "0s",
            }
    return services
