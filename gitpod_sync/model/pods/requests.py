"""The amounts a pod asks of its node, as whole numbers: thousandths of a CPU, bytes, pieces.

Source of the rules: Kubernetes, "Resource Management for Pods and Containers" and "Sidecar Containers", resource
sharing within containers: a limit stands for a request that is not given; init containers run one after the other, so
that the largest of them counts, with the sidecars that run beside it; the others and all sidecars run together.

A worked example, memory: a sidecar of 100, an init container of 500 after it, app containers of 200 and 150. While it
is initialised the pod needs 100 + 500, later 100 + 200 + 150: it asks for 600.
"""

from collections.abc import Callable, Iterable, Mapping

from gitpod_sync.model.base.quantity import Quantity
from gitpod_sync.model.pods.pod import Container, PodSpec, RestartPolicy

Amounts = Mapping[str, int]
"""Resources by name; what is not there is 0."""

CPU, MEMORY, STORAGE, PODS = "cpu", "memory", "ephemeral-storage", "pods"


def in_units(name: str, quantity: Quantity) -> int:
    """A quantity of a resource as a whole number, rounded up: thousandths of CPU, else units."""
    return quantity.milli if name == CPU else quantity.units


def written(name: str, amount: int) -> str:
    """The whole number as people write it: `250m`, `2`, `64Mi`; bytes that are no round number to a tenth."""
    if name == CPU:
        return f"{amount}m" if amount % 1000 else str(amount // 1000)
    if name not in {MEMORY, STORAGE}:
        return str(amount)
    for power, suffix in ((3, "Gi"), (2, "Mi"), (1, "Ki")):
        unit = 1024**power
        if amount >= unit:
            return f"{amount // unit}{suffix}" if amount % unit == 0 else f"{amount / unit:.1f}{suffix}"
    return str(amount)


def compute_requests(spec: PodSpec) -> Amounts:
    """Everything that the pod asks for; itself counts as one of the node's pods."""
    return {PODS: 1, **_total(spec, lambda container: {**container.resources.limits, **container.resources.requests})}


def compute_memory_limit(spec: PodSpec) -> int:
    """The memory that all containers together may have, in bytes; 0 when one of them may have any amount."""
    limits = [container.resources.limits.get(MEMORY) for container in spec.all_containers]
    if not all(limit and limit.units for limit in limits):
        return 0
    return _total(spec, lambda container: container.resources.limits)[MEMORY]


def _total(spec: PodSpec, quantities_of: Callable[[Container], Mapping[str, Quantity]]) -> Amounts:
    """The amount of containers that run together; of those that run one after the other, the largest counts."""
    together: dict[str, int] = {}
    sidecars: dict[str, int] = {}
    largest: dict[str, int] = {}
    for container in spec.init_containers:
        own = _amounts(quantities_of(container))
        if container.restart_policy is RestartPolicy.ALWAYS:
            _add(together, own)
            _add(sidecars, own)
            own = dict(sidecars)
        else:
            _add(own, sidecars)
        for name, amount in own.items():
            largest[name] = max(largest.get(name, 0), amount)
    for container in spec.containers:
        _add(together, _amounts(quantities_of(container)))
    names: Iterable[str] = together.keys() | largest.keys()
    return {name: max(together.get(name, 0), largest.get(name, 0)) for name in sorted(names)}


def _amounts(quantities: Mapping[str, Quantity]) -> dict[str, int]:
    return {name: in_units(name, quantity) for name, quantity in quantities.items()}


def _add(total: dict[str, int], more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount
