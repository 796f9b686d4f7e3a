"""The engine's statistics to what `top` shows. Pure.

Source of the numbers: Kubernetes' metrics of the kubelet: CPU as the mean between two looks, memory as the working
set, which is all use less the file cache that is not in use.
"""

from collections.abc import Mapping
from typing import Any

from gitpod_sync.engines.console import Usage
from gitpod_sync.engines.docker.inspection import read_time

_INACTIVE = ("total_inactive_file", "inactive_file")
"""The names of cgroup v1 and v2. In v1 the second name is there too and counts less."""


def read_usage(stats: Mapping[str, Any]) -> Usage | None:
    """The answer of `GET /containers/{id}/stats`; None for a container that does not run."""
    memory = stats.get("memory_stats") or {}
    now, before = read_time(stats.get("read", "")), read_time(stats.get("preread", ""))
    if "usage" not in memory or now is None:
        return None
    details = memory.get("stats") or {}
    inactive = next((details[name] for name in _INACTIVE if name in details), 0)
    used = _cpu(stats, "cpu_stats") - _cpu(stats, "precpu_stats")
    seconds = now - before if before is not None else 0.0
    millicores = round(used / 1e6 / seconds) if seconds > 0 else 0
    return Usage(max(0, millicores), max(0, memory["usage"] - inactive))


def _cpu(stats: Mapping[str, Any], key: str) -> int:
    """Nanoseconds of CPU used so far."""
    return int(((stats.get(key) or {}).get("cpu_usage") or {}).get("total_usage") or 0)
