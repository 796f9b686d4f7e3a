"""Labels and annotations of objects and of their pods (Kubernetes: apimachinery validation, ObjectMeta)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.schema.near_misses import near_miss
from gitpod_sync.manifests.yaml.documents import FieldPath, Json
from gitpod_sync.model.base.labels import (
    DELETE_VOLUME,
    DEPENDS_ON,
    IMAGE_POLL,
    ON_FAILURE,
    PREFIX,
    RESTART_ON_CONFIG_CHANGE,
)
from gitpod_sync.model.workloads.rollouts import OnFailure

_LARGEST = 256 * 1024
"""Kubernetes keeps at most 256 KiB of annotations."""


_SWITCH = ("true", "false")
_CHOICES = {
    DELETE_VOLUME: _SWITCH,
    IMAGE_POLL: _SWITCH,
    ON_FAILURE: tuple(OnFailure),
    RESTART_ON_CONFIG_CHANGE: _SWITCH,
}
"""The annotations that say one of two words."""

_KNOWN = (DELETE_VOLUME, DEPENDS_ON, IMAGE_POLL, ON_FAILURE, RESTART_ON_CONFIG_CHANGE)
"""All that we read."""


def check_metadata(metadata: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Our own labels are not given by users, and annotations are no store."""
    for key in sorted(metadata.get("labels", {})):
        if key.startswith(PREFIX):
            message = f"labels that begin with {PREFIX} are kept for gitpod-sync itself"
            yield Finding("reserved-label", (*path, "labels", key), message, "use a prefix of your own", on_key=True)
    annotations: Mapping[str, str] = metadata.get("annotations", {})
    yield from _check_own_annotations(annotations, (*path, "annotations"))
    yield from check_annotation_size(annotations, (*path, "annotations"))


def check_annotation_size(annotations: Mapping[str, str], path: FieldPath) -> Iterator[Finding]:
    """All keys and values together are at most 256 KiB."""
    size = sum(len(key) + len(value.encode("utf-8", "surrogatepass")) for key, value in annotations.items())
    if size > _LARGEST:
        message = f"the annotations have {size} bytes, more than the {_LARGEST} that are allowed"
        yield Finding("too-large", path, message, "put them into a ConfigMap", on_key=True)


def _check_own_annotations(annotations: Mapping[str, str], path: FieldPath) -> Iterator[Finding]:
    """Annotations of ours must have a value that we understand."""
    for key in sorted(each for each in annotations if each.startswith(PREFIX)):
        if key not in _KNOWN:
            meant = near_miss(key, _KNOWN)
            hint = f"did you mean `{meant}`?" if meant else f"known are {', '.join(_KNOWN)}"
            message = f"gitpod-sync knows no annotation `{key}`"
            yield Finding("unknown-annotation", (*path, key), message, hint, Severity.WARNING, on_key=True)
        elif key in _CHOICES and annotations[key] not in _CHOICES[key]:
            first, second = _CHOICES[key]
            message = f"`{annotations[key]}` is neither `{first}` nor `{second}`"
            yield Finding("wrong-choice", (*path, key), message, f'write "{first}", with quotes')
