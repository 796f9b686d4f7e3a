"""A v1 Node as `describe` shows it, in kubectl's words. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.records.event import RecordedEvent
from gitpod_sync.model.records.pressure import Signal
from gitpod_sync.plan.eviction.storage_limits import render_bytes
from gitpod_sync.resources.columns import render_age
from gitpod_sync.resources.descriptions.container import render_time
from gitpod_sync.resources.descriptions.pod import describe_events
from gitpod_sync.resources.node_object import NodeItem
from gitpod_sync.resources.tables import cell_lines, render_lines

_LABEL = 20
_RESOURCES = ("cpu", "memory", "ephemeral-storage")


def describe_node(node: Json, item: NodeItem, events: Sequence[RecordedEvent], now: float) -> str:
    """The whole text."""
    return render_lines(
        (
            *_mapping_head(node),
            *_conditions(node["status"]["conditions"]),
            *_amounts("Capacity", node["status"]["capacity"]),
            *_amounts("Allocatable", node["status"]["allocatable"]),
            *_left(item),
            *_info(node["status"]["nodeInfo"]),
            *_pods(item.residents, now),
            *_requested(item.residents, node["status"]["allocatable"]),
            *describe_events(events, now),
        )
    )


def _mapping_head(node: Json) -> Iterator[str]:
    yield f"{'Name:':<{_LABEL}}{node['metadata']['name']}"
    yield f"{'Roles:':<{_LABEL}}<none>"
    for number, (key, value) in enumerate(sorted(node["metadata"]["labels"].items())):
        yield f"{'Labels:' if number == 0 else '':<{_LABEL}}{key}={value}"
    if "creationTimestamp" in node["metadata"]:
        yield f"{'CreationTimestamp:':<{_LABEL}}{render_time(node['metadata']['creationTimestamp'])}"
    taints = node["spec"].get("taints", ())
    texts = [f"{each['key']}{'=' + each['value'] if each.get('value') else ''}:{each['effect']}" for each in taints]
    for number, text in enumerate(texts or ["<none>"]):
        yield f"{'Taints:' if number == 0 else '':<{_LABEL}}{text}"
    yield f"{'Unschedulable:':<{_LABEL}}{str(node['spec'].get('unschedulable', False)).lower()}"


def _conditions(conditions: Iterable[Json]) -> Iterator[str]:
    head = ("Type", "Status", "LastTransitionTime", "Reason", "Message")
    rows = [
        (each["type"], each["status"], each.get("lastTransitionTime", "<unknown>"), each["reason"], each["message"])
        for each in conditions
    ]
    yield "Conditions:"
    yield from cell_lines([head, tuple("-" * len(name) for name in head), *rows], indent="  ", gap="  ")


def _amounts(title: str, amounts: Mapping[str, str]) -> Iterator[str]:
    yield f"{title}:"
    yield from cell_lines([(f"{name}:", amount) for name, amount in sorted(amounts.items())], indent="  ")


def _left(item: NodeItem) -> Iterator[str]:
    """The findings of the last look, which kubectl cannot show."""
    levels = item.pressure.look.levels
    if not levels:
        yield f"{'Left:':<{_LABEL}}<unknown>: {item.unwatched}"
        return
    rows = [
        (
            f"{signal}:",
            str(level.available) if signal is Signal.NODEFS_INODES_FREE else _mebibytes(level.available),
            f"({level.available * 100 // level.capacity}%)",
        )
        for signal in Signal
        if (level := levels.get(signal)) and level.capacity
    ]
    yield "Left:"
    yield from cell_lines(rows, indent="  ")


def _info(info: Json) -> Iterator[str]:
    names = {
        "Kernel Version": "kernelVersion",
        "OS Image": "osImage",
        "Operating System": "operatingSystem",
        "Architecture": "architecture",
        "Container Runtime Version": "containerRuntimeVersion",
    }
    yield "System Info:"
    yield from cell_lines([(f"{name}:", info[key]) for name, key in names.items()], indent="  ")


def _pods(pods: Sequence[PodState], now: float) -> Iterator[str]:
    yield f"Non-terminated Pods:{f'({len(pods)} in total)':>20}"
    head = ("Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
    rows = [
        (
            state.pod.identity.namespace,
            state.pod.identity.name,
            *(
                _written(name, _sum(state.pod.template.spec, part, name))
                for name in ("cpu", "memory")
                for part in ("requests", "limits")
            ),
            render_age(state.pod.created_at, now),
        )
        for state in pods
    ]
    yield from cell_lines([head, tuple("-" * len(name) for name in head), *rows], indent="  ", gap="  ")


def _requested(pods: Sequence[PodState], allocatable: Mapping[str, str]) -> Iterator[str]:
    head = ("Resource", "Requests", "Limits")
    rows = []
    for name in _RESOURCES:
        sums = [sum(_sum(state.pod.template.spec, part, name) for state in pods) for part in ("requests", "limits")]
        rows.append((name, *(_with_share(name, amount, allocatable) for amount in sums)))
    yield "Allocated resources:"
    yield "  (Total limits may be over 100 percent, i.e., overcommitted.)"
    yield from cell_lines([head, tuple("-" * len(each) for each in head), *rows], indent="  ", gap="  ")


def _sum(spec: PodSpec, part: str, name: str) -> int:
    """The sum of a resource in thousandths of a CPU, or bytes. Without a request the limit counts as one."""
    total = 0
    for each in (*spec.sidecars, *spec.containers):
        limits, requests = each.resources.limits, each.resources.requests
        found = limits.get(name) if part == "limits" else requests.get(name) or limits.get(name)
        total += _units(name, found) if found else 0
    return total


def _units(name: str, amount: Quantity) -> int:
    return amount.milli if name == "cpu" else amount.units


def _written(name: str, amount: int) -> str:
    if name == "cpu":
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    return render_bytes(amount)


def _with_share(name: str, amount: int, allocatable: Mapping[str, str]) -> str:
    whole = _units(name, Quantity.parse(allocatable[name])) if name in allocatable else 0
    return f"{_written(name, amount)} ({amount * 100 // whole}%)" if whole else _written(name, amount)


def _mebibytes(amount: int) -> str:
    return f"{amount // 1024**2}Mi"
