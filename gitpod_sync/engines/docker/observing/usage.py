"""The engine's statistics to what `top` shows, and to what is measured again and again. Pure.

Source of the numbers: Kubernetes' metrics of the kubelet: CPU as the mean between two looks, memory as the working
set, which is all use less the file cache that is not in use.
"""

from collections.abc import Mapping
from typing import Any

from gitpod_sync.engines.container_access import Usage
from gitpod_sync.engines.docker.observing.inspection import read_time
from gitpod_sync.engines.node import ContainerUse

_INACTIVE = ("total_inactive_file", "inactive_file")
"""The names of cgroup v1 and v2. In v1 the second name is there too and counts less."""


def read_usage(stats: Mapping[str, Any]) -> Usage | None:
    """The answer of `GET /containers/{id}/stats`; None for a container that does not run."""
    use, before = read_use(stats), read_time(stats.get("preread", ""))
    if use is None:
        return None
    seconds = use.at - before if before is not None else 0.0
    millicores = round((use.cpu - _cpu(stats, "precpu_stats")) / 1e6 / seconds) if seconds > 0 else 0
    return Usage(max(0, millicores), use.memory)


def read_use(stats: Mapping[str, Any]) -> ContainerUse | None:
    """The use at one look; the engine's figures of an earlier look are left out, since one-shot they are nobody's."""
    memory, now = stats.get("memory_stats") or {}, read_time(stats.get("read", ""))
    if "usage" not in memory or now is None:
        return None
    details = memory.get("stats") or {}
    inactive = next((details[name] for name in _INACTIVE if name in details), 0)
    return ContainerUse(max(0, memory["usage"] - inactive), _cpu(stats, "cpu_stats"), now)


def _cpu(stats: Mapping[str, Any], key: str) -> int:
    """Nanoseconds of CPU used so far."""
    return int(((stats.get(key) or {}).get("cpu_usage") or {}).get("total_usage") or 0)
