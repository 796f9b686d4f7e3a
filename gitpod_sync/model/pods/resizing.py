"""Whether a pod that runs can become what Git asks for now by other limits alone.

Source of the rules: Kubernetes, "Resize CPU and Memory Resources assigned to Containers": CPU and memory of a pod's
containers can change in place; everything else, its QoS class included, makes another pod.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from gitpod_sync.model.pods.pod import PodTemplate, Resources
from gitpod_sync.model.pods.qos import compute_qos_class

RESIZABLE = frozenset({"cpu", "memory"})


class ResizeWait(StrEnum):
    """Whether a resize waits for room on its node, or asks for more than the node has."""

    DEFERRED = "Deferred"
    INFEASIBLE = "Infeasible"


@dataclass(frozen=True, slots=True)
class PendingResize:
    """Why a pod has not got the amounts that Git asks for."""

    reason: ResizeWait
    message: str


def is_resizable(running: PodTemplate, wanted: PodTemplate) -> bool:
    """Whether the templates differ, and in nothing but CPU and memory."""
    return (
        running != wanted
        and _without_sizes(running) == _without_sizes(wanted)
        and compute_qos_class(running.spec) is compute_qos_class(wanted.spec)
    )


def _without_sizes(template: PodTemplate) -> PodTemplate:
    containers = (replace(each, resources=_fixed(each.resources)) for each in template.spec.containers)
    return replace(template, spec=replace(template.spec, containers=tuple(containers)))


def _fixed(resources: Resources) -> Resources:
    return Resources(
        {name: amount for name, amount in resources.limits.items() if name not in RESIZABLE},
        {name: amount for name, amount in resources.requests.items() if name not in RESIZABLE},
    )
