"""Common parts of objects as Kubernetes shows them: the head, and the metadata from Git. Pure."""

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.kinds import KINDS
from gitpod_sync.model.workloads.local_time import render_rfc3339


def object_of(kind: str, metadata: Json, spec: Json, status: Json) -> Json:
    """The whole object, in the version of its kind that is written."""
    return {
        "apiVersion": KINDS[kind].api_version,
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
        "status": status,
    }


def metadata_of(written: ObjectMeta, created_at: float | None = None) -> Json:
    """Namespace, name, labels and annotations, and since when the object is there (None: nobody knows)."""
    metadata: Json = {"namespace": written.namespace, "name": written.name}
    metadata |= {name: dict(value) for name in ("labels", "annotations") if (value := getattr(written, name))}
    if created_at is not None:
        metadata["creationTimestamp"] = render_rfc3339(created_at)
    return metadata
