"""Owners and finalizers of an object (Kubernetes: apimachinery and core/v1 validation, ObjectMeta)."""

from collections.abc import Iterator, Mapping, Sequence

from gitpod_sync.manifests.diagnostics.findings import Finding, render_path
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.selector import is_label_name

_ORPHAN, _FOREGROUND = "orphan", "foregroundDeletion"
_STANDARD = {_ORPHAN, _FOREGROUND, "kubernetes"}


def check_ownership(metadata: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Findings on what is written by an API server, and comes into manifests that were read from one."""
    if metadata.get("generation", 0) < 0:
        yield Finding("out-of-range", (*path, "generation"), "a generation is not below 0", "take it out")
    yield from _check_owners(metadata.get("ownerReferences", []), (*path, "ownerReferences"))
    finalizers = metadata.get("finalizers", [])
    yield from check_finalizers(finalizers, (*path, "finalizers"))
    if _ORPHAN in finalizers and _FOREGROUND in finalizers:
        message = f"`{_ORPHAN}` and `{_FOREGROUND}` exclude each other"
        yield Finding("wrong-combination", (*path, "finalizers"), message, "keep one of the two")


def check_finalizers(finalizers: Sequence[str], path: FieldPath) -> Iterator[Finding]:
    """A finalizer has a domain of its own, unless it is one of Kubernetes' few."""
    for index, name in enumerate(finalizers):
        if not is_label_name(name) or ("/" not in name and name not in _STANDARD):
            hint = "write it like example.org/cleanup, or take it out"
            yield Finding("wrong-format", (*path, index), f"`{name}` is not a valid finalizer", hint)


def _check_owners(owners: Sequence[Mapping[str, Json]], path: FieldPath) -> Iterator[Finding]:
    controllers = [index for index, owner in enumerate(owners) if owner.get("controller")]
    for index in controllers[1:]:
        message = f"an object has one controller, and it is at {render_path((*path, controllers[0]))}"
        yield Finding("duplicate", (*path, index, "controller"), message, "keep one of the two")
    for index, owner in enumerate(owners):
        if owner["apiVersion"].count("/") > 1:
            message = f"`{owner['apiVersion']}` is not a valid apiVersion"
            yield Finding("wrong-format", (*path, index, "apiVersion"), message, "write it like apps/v1")
        elif (owner["apiVersion"], owner["kind"]) == ("v1", "Event"):
            yield Finding("wrong-choice", (*path, index, "kind"), "an Event owns nothing", "take the owner out")
