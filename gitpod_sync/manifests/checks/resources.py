"""Requests and limits that can be kept."""

from collections.abc import Iterator
from decimal import Decimal

from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.model.pod import Resources

_LARGEST = Decimal(2**63 - 1)
_LEAST_MEMORY = Decimal(6 * 1024 * 1024)
"""Docker refuses a memory limit below 6 MiB."""


def check_resources(resources: Resources, path: FieldPath) -> Iterator[Finding]:
    """A request is at most its limit, and an amount means what was likely meant."""
    for part, amounts in (("limits", resources.limits), ("requests", resources.requests)):
        for name in sorted(amounts):
            if amounts[name].amount > _LARGEST:
                message = f"{amounts[name].text} is more than any machine has"
                yield Finding("out-of-range", (*path, part, name), message, "give a smaller amount")
    for name in sorted(resources.requests.keys() & resources.limits.keys()):
        request, limit = resources.requests[name], resources.limits[name]
        if request.amount > limit.amount:
            message = f"the request of {request.text} is above the limit of {limit.text}"
            yield Finding("request-above-limit", (*path, "requests", name), message, "raise the limit")
    yield from _check_memory(resources, path)


def _check_memory(resources: Resources, path: FieldPath) -> Iterator[Finding]:
    limit, request = resources.limits.get("memory"), resources.requests.get("memory")
    if limit is not None and 0 < limit.amount < _LEAST_MEMORY:
        message = f"a memory limit of {limit.text} is below the 6Mi that Docker needs"
        yield Finding("out-of-range", (*path, "limits", "memory"), message, _memory_hint(limit.text))
    if request is not None and request.text.endswith("m"):
        message = f"{request.text} of memory are thousandths of a byte"
        yield Finding(
            "unlikely-unit", (*path, "requests", "memory"), message, _memory_hint(request.text), Severity.WARNING
        )


def _memory_hint(text: str) -> str:
    if text.endswith("m"):
        return f"write {text[:-1]}Mi if mebibytes are meant"
    return "write a unit, like 64Mi" if text.isdigit() else "raise it"
