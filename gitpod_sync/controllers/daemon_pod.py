"""What the pods of a DaemonSet are made from: its template, and a label that names the version."""

from dataclasses import replace

from gitpod_sync.controllers.places import REVISION
from gitpod_sync.model.daemon_sets import DaemonSet
from gitpod_sync.model.hashing import template_hash
from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.pods import PodIdentity


def compute_daemon_version(workload: DaemonSet) -> PodTemplate:
    """The template as Git asks for it now, without what the controller adds."""
    return _without_revision(workload.spec.template)


def compute_daemon_template(version: PodTemplate, version_hash: str) -> PodTemplate:
    """What a pod is made from (Kubernetes: "DaemonSet", the label controller-revision-hash)."""
    labels = {**version.metadata.labels, REVISION: version_hash}
    return replace(version, metadata=replace(version.metadata, labels=labels))


def daemon_version_behind(identity: PodIdentity) -> PodTemplate | None:
    """The version that a pod was made from; None when its own template does not tell that surely."""
    version = _without_revision(identity.template)
    return version if template_hash(version) == identity.template_hash else None


def _without_revision(template: PodTemplate) -> PodTemplate:
    labels = {key: value for key, value in template.metadata.labels.items() if key != REVISION}
    return replace(template, metadata=replace(template.metadata, labels=labels))
