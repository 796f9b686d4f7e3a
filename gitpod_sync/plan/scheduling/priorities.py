"""The priority of a pod that is to be made, from its class or from the default one.

What contradicts its class was refused when the manifests were read; a class that is not there any more gives what the
pod itself says.
"""

from collections.abc import Mapping

from gitpod_sync.model.pods.pod import PodSpec
from gitpod_sync.model.scheduling.priority import (
    SYSTEM_CLASSES,
    PreemptionPolicy,
    Priority,
    PriorityClass,
    default_priority,
)


def compute_priority(spec: PodSpec, classes: Mapping[str, PriorityClass]) -> Priority:
    """Source of the rules: Kubernetes, "Pod Priority and Preemption", and the admission plugin Priority."""
    name = spec.priority_class_name
    if not name:
        return default_priority(classes.values())
    if name in SYSTEM_CLASSES:
        return SYSTEM_CLASSES[name]
    if name in classes:
        return classes[name].priority
    return Priority(spec.priority or 0, spec.preemption_policy or PreemptionPolicy.LOWER)
