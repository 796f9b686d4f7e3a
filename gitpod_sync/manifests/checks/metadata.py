"""Labels and annotations of objects and of their pods (Kubernetes: apimachinery validation, ObjectMeta)."""

from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.documents import FieldPath, Json
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.model.labels import PREFIX

_LARGEST = 256 * 1024
"""Kubernetes keeps at most 256 KiB of annotations."""


def check_metadata(metadata: Mapping[str, Json], path: FieldPath) -> Iterator[Finding]:
    """Our own labels are not given by users, and annotations are no store."""
    for key in sorted(metadata.get("labels", {})):
        if key.startswith(PREFIX):
            message = f"labels that begin with {PREFIX} are kept for gitpod-sync itself"
            yield Finding("reserved-label", (*path, "labels", key), message, "use a prefix of your own", on_key=True)
    annotations: Mapping[str, str] = metadata.get("annotations", {})
    size = sum(len(key) + len(value) for key, value in annotations.items())
    if size > _LARGEST:
        message = f"the annotations have {size} characters, more than the {_LARGEST} that are allowed"
        yield Finding("too-large", (*path, "annotations"), message, "put them into a ConfigMap", on_key=True)
