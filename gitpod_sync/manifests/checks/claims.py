"""Claims of storage (Kubernetes: core/v1 validation, PersistentVolumeClaim)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.amounts import amount_of
from gitpod_sync.manifests.diagnostics import Severity
from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding

_ALONE = "ReadWriteOncePod"


def check_claim(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Findings on a PersistentVolumeClaim."""
    yield from check_claim_spec(value["spec"], ("spec",))


def check_claim_spec(spec: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """A claim says who may use it and how much it needs."""
    modes = spec.get("accessModes", [])
    if not modes:
        hint = "add `accessModes: [ReadWriteOnce]`"
        yield Finding("missing-field", (*path, "accessModes"), "the claim has no access modes", hint)
    elif _ALONE in modes and len(set(modes)) > 1:
        message = f"{_ALONE} goes with no other mode"
        yield Finding("wrong-combination", (*path, "accessModes"), message, "keep it alone, or take it out")
    requests = spec.get("resources", {}).get("requests", {})
    where = (*path, "resources", "requests", "storage")
    if "storage" not in requests:
        yield Finding("missing-field", where, "the claim does not say how much it needs", "add `storage: 1Gi`")
        return
    size = amount_of(requests["storage"])
    if size is not None and size.amount <= 0:
        yield Finding("out-of-range", where, f"a claim of {size.text} holds nothing", "give a size, like 1Gi")
    elif size is not None and size.text.endswith("m"):
        hint = f"write {size.text[:-1]}Mi if mebibytes are meant"
        yield Finding("unlikely-unit", where, f"{size.text} are thousandths of a byte", hint, Severity.WARNING)
