"""Pods whose workload Git does not name any more, and that are just what another one would make: they change hands.

A Deployment that is renamed, or takes the place of a ReplicaSet, keeps its pods: they serve on, and nothing comes
twice. Source of the rule: Kubernetes, "Garbage Collection", orphans, and "ReplicaSet", acquisition by selector; there
any pod that is selected is taken on, here only one of the very template, since any other would be replaced anyway.

Labels of a container cannot be changed, so the pod's go on naming its first owner, and adoption is decided anew at
every pass. Should the first owner come back to Git, its pods are its own again.
"""

from collections.abc import Mapping
from dataclasses import replace

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.kinds import Role, kinds_with
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.workloads.workloads import Deployment, ReplicaSet, ReplicationController

_ADOPTABLE = frozenset(kinds_with(Role.ADOPTABLE))

_Adopter = Deployment | ReplicaSet | ReplicationController


class Adoption:
    """What Git asks for is looked at once, and only when a pod is to change hands."""

    def __init__(self, desired: Desired) -> None:
        self._desired = desired
        self._adopters: Mapping[Key, tuple[_Adopter, str]] | None = None

    def adopt(self, pod: ObservedPod) -> ObservedPod:
        """The pod, with its new owner if it changes hands."""
        owner = pod.identity.owner
        if pod.ending or pod.evicted or owner in self._desired.workloads or owner.kind not in _ADOPTABLE:
            return pod
        if self._adopters is None:
            self._adopters = _adopters(self._desired)
        return replace(pod, adopted_by=_find_adopter(pod, self._adopters))


def _adopters(desired: Desired) -> Mapping[Key, tuple[_Adopter, str]]:
    return {
        key: (workload, template_hash(workload.spec.template))
        for key, workload in sorted(desired.workloads.items())
        if isinstance(workload, _Adopter)
    }


def _find_adopter(pod: ObservedPod, adopters: Mapping[Key, tuple[_Adopter, str]]) -> Key | None:
    identity = pod.identity
    for key, (workload, version) in adopters.items():
        same = key.namespace == identity.namespace and version == identity.template_hash
        if same and workload.spec.selector.matches(identity.template.metadata.labels):
            return key
    return None
