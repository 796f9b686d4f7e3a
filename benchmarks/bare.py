"""The same Docker API calls without a reconciler: what the machine and the engine cost by themselves."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from docker import APIClient

from benchmarks.bench import PARALLEL
from gitpod_sync.engines.docker.network import create_pod_network
from gitpod_sync.engines.docker.payload import compute_create_payload
from gitpod_sync.operations.operations import CreateContainer
from gitpod_sync.plan.steps import Plan


def create_calls(plan: Plan) -> list[list[tuple[str, dict[str, Any]]]]:
    """The create calls of a plan, a list a chain: (name, payload)."""
    chains: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for step in plan.steps:
        if isinstance(step.operation, CreateContainer):
            payload = compute_create_payload(step.operation.config, {})
            chains.setdefault(step.chain, []).append((step.operation.name, payload))
    return list(chains.values())


def carry_out(client: APIClient, network: str, label: str, chains: list[list[tuple[str, dict[str, Any]]]]) -> None:
    """Make the network, then create and start every container, chains side by side on as many threads as ours."""
    create_pod_network(client, network, {label: ""})
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda chain: _carry_out_chain(client, chain), chains))


def _carry_out_chain(client: APIClient, chain: list[tuple[str, dict[str, Any]]]) -> None:
    for name, payload in chain:
        create_and_start(client, name, payload)


def create_and_start(client: APIClient, name: str, payload: dict[str, Any]) -> None:
    """Two calls."""
    create: Callable[[dict[str, Any], str], object] = client.create_container_from_config
    create(payload, name)
    client.start(name)
