"""Requests and limits that can be kept and changed (Kubernetes: core/v1 validation, ResourceRequirements)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from gitpod_sync.manifests.checks.amounts import amount_of
from gitpod_sync.manifests.checks.repeated import check_unique
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.quantity import Quantity

_LARGEST = Decimal(2**63 - 1)
_LEAST_MEMORY = Decimal(6 * 1024 * 1024)
"""Docker refuses a memory limit below 6 MiB."""
_MANY_CORES = 100
_BYTES = {"memory", "ephemeral-storage"}
_OF_PODS = ("cpu", "memory", "hugepages-", "pids")


def check_resources(resources: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """A request is at most its limit, and an amount means what was likely meant."""
    limits = _amounts(resources.get("limits", {}))
    requests = _amounts(resources.get("requests", {}))
    for part, amounts in (("limits", limits), ("requests", requests)):
        for name in sorted(amounts):
            yield from _check_amount(name, amounts[name], (*path, part, name))
    for name in sorted(requests):
        yield from _check_request(name, requests[name], limits.get(name), (*path, "requests", name))
    yield from _check_huge_pages({**limits, **requests}, path)


def check_pod_resources(resources: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """A pod as a whole asks for cpu, memory, huge pages and process ids (Kubernetes: "Pod-level resources")."""
    for part in ("limits", "requests"):
        for name in sorted(resources.get(part, {})):
            if not name.startswith(_OF_PODS):
                message = f"`{name}` can be asked for by containers, not by the pod as a whole"
                yield Finding("wrong-resource", (*path, part, name), message, "move it to a container", on_key=True)
    yield from check_resources(resources, path)


def _amounts(written: Mapping[str, Json]) -> Mapping[str, Quantity]:
    found = {name: amount_of(value) for name, value in written.items()}
    return {name: amount for name, amount in found.items() if amount is not None}


def _check_amount(name: str, amount: Quantity, path: FieldPath) -> Iterator[Finding]:
    if name == "storage":
        message = "`storage` is what a claim asks for, not a container"
        yield Finding("wrong-resource", path, message, "write `ephemeral-storage`, or claim a volume", on_key=True)
    elif amount.amount > _LARGEST:
        yield Finding("out-of-range", path, f"{amount.text} is more than any machine has", "give a smaller amount")
    elif _is_countable(name) and amount.amount != int(amount.amount):
        yield Finding("out-of-range", path, f"{amount.text} of `{name}`: there are only whole ones", "give a number")
    elif path[-2] == "limits" and name == "memory" and 0 < amount.amount < _LEAST_MEMORY:
        message = f"a memory limit of {amount.text} is below the 6Mi that Docker needs"
        yield Finding("out-of-range", path, message, _memory_hint(amount.text))
    elif name in _BYTES and amount.text.endswith("m"):
        message = f"{amount.text} of {name} are thousandths of a byte"
        yield Finding("unlikely-unit", path, message, _memory_hint(amount.text), Severity.WARNING)
    elif name == "cpu" and amount.amount >= _MANY_CORES:
        message = f"{amount.text} of cpu are {int(amount.amount)} whole cores"
        hint = f"write {amount.text.rstrip('M')}m if thousandths of a core are meant"
        yield Finding("unlikely-unit", path, message, hint, Severity.WARNING)


def _check_request(name: str, request: Quantity, limit: Quantity | None, path: FieldPath) -> Iterator[Finding]:
    if _is_countable(name):
        if limit is None or limit.amount != request.amount:
            having = "has no limit" if limit is None else f"is not the limit of {limit.text}"
            message = f"`{name}` is never shared out twice: the request of {request.text} {having}"
            yield Finding("request-not-limit", path, message, f"write the limit {request.text} too")
    elif limit is not None and request.amount > limit.amount:
        message = f"the request of {request.text} is above the limit of {limit.text}"
        yield Finding("request-above-limit", path, message, "raise the limit")


def _check_huge_pages(amounts: Mapping[str, Quantity], path: FieldPath) -> Iterator[Finding]:
    if not amounts.keys() & {"cpu", "memory"} and any(name.startswith("hugepages-") for name in amounts):
        yield Finding("missing-field", path, "huge pages need cpu or memory beside them", "ask for one of the two")


def _is_countable(name: str) -> bool:
    """Huge pages and devices (`nvidia.com/gpu`) are handed out whole, and never promised twice."""
    return name.startswith("hugepages-") or ("/" in name and not name.startswith("kubernetes.io/"))


def _memory_hint(text: str) -> str:
    if text.endswith("m"):
        return f"write {text[:-1]}Mi if mebibytes are meant"
    return f"write {text}Mi if mebibytes are meant" if text.isdigit() else "raise it"


def check_resize_policy(container: Mapping[str, Json], spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Each resource has one policy, and what is never started again is not to be restarted.

    Kubernetes: core/v1 validation, ContainerResizePolicy.
    """
    policies = container.get("resizePolicy", [])
    yield from check_unique(policies, path, "resourceName", "a resource")
    for index, policy in enumerate(policies):
        if policy["restartPolicy"] == "RestartContainer" and spec.get("restartPolicy") == "Never":
            message = "RestartContainer contradicts the pod's restartPolicy Never"
            yield Finding("wrong-combination", (*path, index, "restartPolicy"), message, "write NotRequired")
