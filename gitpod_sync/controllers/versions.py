"""The version of a pod, for each kind of workload: a template without what belongs to the single pod.

Most pods are made from their workload's template as it stands. A StatefulSet or DaemonSet adds to it what belongs to
the single pod; what remains without that is the version.
"""

from gitpod_sync.controllers.daemon_set.daemon_pod import compute_daemon_version, daemon_version_behind
from gitpod_sync.controllers.stateful_set.stable_identity import compute_version, ordinal_of, version_behind
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.daemon_sets import DaemonSet
from gitpod_sync.model.workloads.stateful_sets import StatefulSet
from gitpod_sync.model.workloads.workloads import Pod, ReplicaSet, ReplicationController, Workload


def wanted_version(workload: Workload) -> PodTemplate:
    """The version that Git asks for; its hash is that of the pods made from it."""
    match workload:
        case Pod():
            return workload.template
        case StatefulSet():
            return compute_version(workload)
        case DaemonSet():
            return compute_daemon_version(workload)
        case _:
            return workload.spec.template


def version_of(workload: Workload, identity: PodIdentity) -> PodTemplate:
    """The version that a pod of the workload was made from; the pod's own template where that is not certain."""
    match workload:
        case StatefulSet():
            return version_behind(workload, identity) or identity.template
        case DaemonSet():
            return daemon_version_behind(identity) or identity.template
        case _:
            return identity.template


def why_older_stays(workload: Workload, identity: PodIdentity) -> str:
    """Why a pod of an earlier version is not replaced although Git asks for another one, "" when it is."""
    match workload:
        case ReplicaSet() | ReplicationController():
            return f"the pods that are there stay: a {workload.key.kind} makes new ones only when others go"
        case StatefulSet() | DaemonSet() if not workload.updates_by_itself:
            return "the pods that are there stay until somebody ends them: the update strategy is OnDelete"
        case StatefulSet():
            ordinal = ordinal_of(workload.metadata.name, identity.name)
            below = ordinal is not None and ordinal < workload.spec.ordinals.start + workload.partition
            return f"pods below the partition, {workload.partition}, stay at the version they have" if below else ""
        case _:
            return ""
