"""Quality of service: whom the kernel kills first when the node's memory is short.

Source of the rules: Kubernetes, "Pod Quality of Service Classes", and "Node-pressure Eviction", node out of memory
behavior. A worked example: a request of 4Gi on a node of 16Gi gives a Burstable container 1000 − 1000 · 4 / 16 = 750.
"""

from decimal import Decimal
from enum import StrEnum

from gitpod_sync.model.pods.pod import Container, PodSpec, Resources

SANDBOX_SCORE = -998
_GUARANTEED_SCORE = -997
_BEST_EFFORT_SCORE = 1000
_LEAST_BURSTABLE = 2
_MOST_BURSTABLE = 999
_COUNTED = ("cpu", "memory")


class QosClass(StrEnum):
    """How far the pod's requests are its limits."""

    GUARANTEED = "Guaranteed"
    BURSTABLE = "Burstable"
    BEST_EFFORT = "BestEffort"


def compute_qos_class(spec: PodSpec) -> QosClass:
    """Guaranteed: every container's requests of CPU and memory are its limits. BestEffort: no container has any."""
    resources = [container.resources for container in spec.all_containers]
    if not any(_limit(each, name) or _request(each, name) for each in resources for name in _COUNTED):
        return QosClass.BEST_EFFORT
    if all(
        _limit(each, name) and _limit(each, name) == _request(each, name) for each in resources for name in _COUNTED
    ):
        return QosClass.GUARANTEED
    return QosClass.BURSTABLE


def compute_oom_score_adj(spec: PodSpec, container: Container, memory: int) -> int:
    """The container's oom_score_adj on a node with so many bytes of `memory` (0: not known)."""
    match compute_qos_class(spec):
        case QosClass.GUARANTEED:
            return _GUARANTEED_SCORE
        case QosClass.BEST_EFFORT:
            return _BEST_EFFORT_SCORE
        case QosClass.BURSTABLE:
            share = int(1000 * _request(container.resources, "memory") / memory) if memory else 0
            return min(max(_LEAST_BURSTABLE, 1000 - share), _MOST_BURSTABLE)


def _limit(resources: Resources, name: str) -> Decimal:
    found = resources.limits.get(name)
    return found.amount if found else Decimal(0)


def _request(resources: Resources, name: str) -> Decimal:
    """The requested amount; without a request, the limit."""
    found = resources.requests.get(name)
    return found.amount if found else _limit(resources, name)
