"""Changing the limits of a container where it stands.

The engine can set a limit and cannot take one away again: its API reads 0 as "not given". So memory gets a limit that
never binds, CPU time and the list of CPUs the whole node; `inspection` reads all of these as no limit.
"""

from typing import Any

from docker import APIClient
from docker.errors import create_api_error_from_http_exception
from requests.exceptions import HTTPError

from gitpod_sync.engines.docker.connecting.connection import engine_errors
from gitpod_sync.engines.docker.observing.inspection import every_cpu
from gitpod_sync.engines.docker.payload import memory_with_swap
from gitpod_sync.errors import EngineConflict
from gitpod_sync.model.engine.container import CPU_PERIOD, UNLIMITED_MEMORY, Limits


def update_limits(client: APIClient, container: str, limits: Limits) -> None:
    """Set all limits.

    CPU time can be given as a quota or in nano CPUs, and the engine does not let one be changed into the other: what
    somebody gave in nano CPUs is changed in nano CPUs.
    """
    with engine_errors():
        present = client.inspect_container(container)["HostConfig"]
    common: dict[str, Any] = {
        "Memory": limits.memory or UNLIMITED_MEMORY,
        "MemorySwap": memory_with_swap(limits) if limits.memory else UNLIMITED_MEMORY,
        "CpuShares": limits.cpu_shares,
        "PidsLimit": limits.pids,
        "RestartPolicy": {"Name": limits.restart},
    }
    if limits.memory_reservation or present.get("MemoryReservation"):
        common["MemoryReservation"] = limits.memory_reservation or common["Memory"]
    if limits.cpus or present.get("CpusetCpus"):
        common["CpusetCpus"] = limits.cpus or every_cpu(client.info()["NCPU"])
    try:
        _update(client, container, {**common, "CpuPeriod": CPU_PERIOD, "CpuQuota": limits.cpu_quota or -1})
    except EngineConflict:
        nano = limits.cpu_quota * (1_000_000_000 // CPU_PERIOD) or client.info()["NCPU"] * 1_000_000_000
        _update(client, container, {**common, "NanoCpus": nano})


def _update(client: APIClient, container: str, body: dict[str, Any]) -> None:
    # docker-py's own method knows no NanoCpus.
    url = f"{client.base_url}/v{client.api_version}/containers/{container}/update"
    with engine_errors():
        answer = client.post(url, json=body, timeout=client.timeout)
        try:
            answer.raise_for_status()
        except HTTPError as error:
            create_api_error_from_http_exception(error)
