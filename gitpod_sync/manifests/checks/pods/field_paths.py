"""Fields of its own pod that a container can be given (Kubernetes: "Downward API"; core/v1 validation)."""

import re
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.amounts import amount_of
from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.selector import is_label_name

_ANYWHERE = frozenset({"metadata.name", "metadata.namespace", "metadata.uid"})
_IN_FILES = _ANYWHERE | {"metadata.labels", "metadata.annotations"}
_IN_ENV = _ANYWHERE | {
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
}
_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['([^']*)'\]")
_RESOURCE = re.compile(r"(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)")
_RESOURCES = [f"{part}.{name}" for part in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")]
_CPU_DIVISORS = ("1m", "1")
_BYTE_DIVISORS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")


def check_field_ref(reference: Mapping[str, Json], path: FieldPath, *, in_file: bool) -> Iterator[Finding]:
    """The field is one that a pod can be given; all labels at once fit only into a file."""
    if reference.get("apiVersion", "v1") not in {"v1", ""}:
        yield Finding("wrong-choice", (*path, "apiVersion"), f"`{reference['apiVersion']}` is not v1", "take it out")
    written: str = reference["fieldPath"]
    subscript = _SUBSCRIPT.fullmatch(written)
    known = _IN_FILES if in_file else _IN_ENV
    if written in known or (subscript and _is_key(subscript[1], subscript[2])):
        return
    where = (*path, "fieldPath")
    if subscript:
        yield Finding(
            "wrong-field-path", where, f"`{subscript[2]}` is not a valid key of a label or annotation", "correct it"
        )
    elif written in _IN_ENV:
        message = f"`{written}` is not known when the files are made"
        yield Finding("wrong-field-path", where, message, "hand it over in an environment variable")
    else:
        yield Finding("wrong-field-path", where, f"a pod cannot be given `{written}`", _path_hint(written, known))


def _is_key(field: str, key: str) -> bool:
    """Annotations do not mind capital letters in the prefix of their keys; labels do."""
    return is_label_name(key.lower() if field == "annotations" else key)


def _path_hint(written: str, known: frozenset[str]) -> str:
    if written in _IN_FILES:
        return f"name one, like {written}['app'], or use a volume for all of them"
    meant = near_miss(written, sorted(known))
    return f"did you mean `{meant}`?" if meant else f"it can be given {listed(known)}, or metadata.labels['app']"


def check_resource_ref(
    reference: Mapping[str, Json], path: FieldPath, containers: frozenset[str], *, in_file: bool
) -> Iterator[Finding]:
    """A request or limit of a container of the pod, in units that divide it."""
    resource: str = reference["resource"]
    match = _RESOURCE.fullmatch(resource)
    if match is None:
        meant = near_miss(resource, _RESOURCES)
        hint = f"did you mean `{meant}`?" if meant else f"write one of {listed(_RESOURCES)}"
        yield Finding("wrong-field-path", (*path, "resource"), f"a pod cannot be given `{resource}`", hint)
    else:
        divisors = _CPU_DIVISORS if match[2] == "cpu" else _BYTE_DIVISORS
        yield from _check_divisor(reference.get("divisor", 0), divisors, resource, (*path, "divisor"))
    container = reference.get("containerName")
    if container and container not in containers:
        message = f"the pod has no container named `{container}`"
        yield Finding("unknown-container", (*path, "containerName"), message, f"it has {listed(containers)}")
    elif in_file and not container:
        message = "a file must name the container whose resources it shows"
        yield Finding("missing-field", (*path, "containerName"), message, "add `containerName`")


def _check_divisor(
    written: str | float, divisors: tuple[str, ...], resource: str, path: FieldPath
) -> Iterator[Finding]:
    divisor = amount_of(written)
    units = {amount.amount for text in divisors if (amount := amount_of(text)) is not None}
    if divisor is not None and divisor.amount != 0 and divisor.amount not in units:
        yield Finding(
            "wrong-choice",
            path,
            f"`{resource}` is not given in units of {written}",
            f"use one of {', '.join(divisors)}",
        )
