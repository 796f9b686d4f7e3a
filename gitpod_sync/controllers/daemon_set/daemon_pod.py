"""The template of a DaemonSet's pods: its own, a label that names the version, and the tolerations of daemons.

Source of the tolerations: Kubernetes, "DaemonSet", taints and tolerations.
"""

from dataclasses import replace

from gitpod_sync.model.base.labels import CONTROLLER_REVISION
from gitpod_sync.model.base.memoize import kept, kept_with
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodSpec, PodTemplate
from gitpod_sync.model.scheduling.taints import (
    DISK_PRESSURE,
    MEMORY_PRESSURE,
    UNSCHEDULABLE,
    TaintEffect,
    Toleration,
    TolerationOperator,
)
from gitpod_sync.model.workloads.daemon_sets import DaemonSet

_TOLERATED = (
    ("node.kubernetes.io/not-ready", TaintEffect.NO_EXECUTE),
    ("node.kubernetes.io/unreachable", TaintEffect.NO_EXECUTE),
    (DISK_PRESSURE, TaintEffect.NO_SCHEDULE),
    (MEMORY_PRESSURE, TaintEffect.NO_SCHEDULE),
    ("node.kubernetes.io/pid-pressure", TaintEffect.NO_SCHEDULE),
    (UNSCHEDULABLE, TaintEffect.NO_SCHEDULE),
)
_TOLERATED_ON_HOST_NETWORK = (("node.kubernetes.io/network-unavailable", TaintEffect.NO_SCHEDULE),)


def compute_daemon_version(workload: DaemonSet) -> PodTemplate:
    """The template as Git asks for it now, without what the controller adds."""
    return _without_revision(workload.spec.template)


def compute_daemon_template(version: PodTemplate, version_hash: str) -> PodTemplate:
    """The template of a pod, version label included (Kubernetes: "DaemonSet", the label controller-revision-hash)."""
    labels = {**version.metadata.labels, CONTROLLER_REVISION: version_hash}
    own = version.spec.tolerations
    added = (each for each in _added_tolerations(version.spec) if each not in own)
    spec = replace(version.spec, tolerations=(*own, *added))
    return replace(version, spec=spec, metadata=replace(version.metadata, labels=labels))


def daemon_version_behind(identity: PodIdentity) -> PodTemplate | None:
    """The version that a pod was made from; None when its own template does not tell that surely."""
    return _read_back(identity.template, identity.template_hash)


@kept_with
def _read_back(template: PodTemplate, version_hash: str) -> PodTemplate | None:
    made = _without_revision(template)
    own = made.spec.tolerations
    added = _added_tolerations(made.spec)
    # What was added stands at the end; some of it the template may have said by itself.
    for count in range(len(added) + 1):
        rest, last = own[: len(own) - count], own[len(own) - count :]
        version = replace(made, spec=replace(made.spec, tolerations=rest))
        if all(each in added for each in last) and template_hash(version) == version_hash:
            return version
    return None


def _added_tolerations(spec: PodSpec) -> tuple[Toleration, ...]:
    tolerated = (*_TOLERATED, *(_TOLERATED_ON_HOST_NETWORK if spec.host_network else ()))
    return tuple(Toleration(key, TolerationOperator.EXISTS, effect=effect) for key, effect in tolerated)


@kept
def _without_revision(template: PodTemplate) -> PodTemplate:
    labels = {key: value for key, value in template.metadata.labels.items() if key != CONTROLLER_REVISION}
    return replace(template, metadata=replace(template.metadata, labels=labels))
