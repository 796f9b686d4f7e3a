"""Which pods go so that a pod of a higher priority has a place.

Source of the rules: Kubernetes, "Pod Priority and Preemption" (DefaultPreemption): only pods of a lower priority go,
the least important first, and none goes that could stay. Those whose disruption budget would be violated are asked
last, and are the first that may stay after all; no budget keeps out a pod of a higher priority. Where a budget allows
some to go, it is the least important here; Kubernetes counts from the most important.

A worked example, a pod of 3Gi, nothing left, and by importance: a (priority 0, 1Gi, new), b (0, 1Gi, old), c (5, 2Gi),
d (9, 4Gi). With a, b and c gone there is room, so that d is out of the question. Of the three, c is asked first whether
it could stay: with 2Gi back it could not; then b: it can. So a and c go.
"""

from collections.abc import Callable, Iterable, Sequence

from gitpod_sync.plan.scheduling.filters import filter_by_pods
from gitpod_sync.plan.scheduling.node_resources import NodeResources
from gitpod_sync.plan.scheduling.pod_info import Finder, PodInfo

Unwilling = Callable[[Sequence[PodInfo], Iterable[str]], frozenset[str]]
"""UIDs of those of the candidates that go last, when the others (by UID) are going."""


def nobody(candidates: Sequence[PodInfo], going: Iterable[str]) -> frozenset[str]:  # noqa: ARG001 - an `Unwilling`
    """All are willing."""
    return frozenset()


def choose_victims(
    pod: PodInfo, resources: NodeResources, candidates: Sequence[PodInfo], namespace_labels: Finder
) -> tuple[PodInfo, ...] | None:
    """The `candidates` that have to go, in the order in which they go; None when it is in vain. All are in `resources`.

    They are taken out of `resources` when there is an answer; else it is left as it was.
    """
    removed: list[PodInfo] = []
    for candidate in candidates:
        resources.remove(candidate)
        removed.append(candidate)
        if filter_by_pods(pod, resources, namespace_labels) is None:
            return _without_spared(pod, resources, removed, namespace_labels)
    for candidate in removed:
        resources.add(candidate)
    return None


def _without_spared(
    pod: PodInfo, resources: NodeResources, removed: Sequence[PodInfo], namespace_labels: Finder
) -> tuple[PodInfo, ...]:
    victims = []
    for candidate in reversed(removed):
        resources.add(candidate)
        if filter_by_pods(pod, resources, namespace_labels) is not None:
            resources.remove(candidate)
            victims.append(candidate)
    return tuple(reversed(victims))
