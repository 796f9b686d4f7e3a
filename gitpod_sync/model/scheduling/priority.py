"""How much a pod matters beside others, and whether others have to go for it.

Source of the rules: Kubernetes, "Pod Priority and Preemption". A pod's priority is settled when it is made: a class
that goes, or another default, changes nothing for the pods that are there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gitpod_sync.model.base.meta import Key, ObjectMeta

KIND = "PriorityClass"

SYSTEM_PRIORITY = 2_000_000_000
"""From here on a pod keeps the node itself going (Kubernetes: system-cluster-critical)."""


class PreemptionPolicy(StrEnum):
    """Whether pods of a lower priority are ended where there is no room for this one."""

    NEVER = "Never"
    LOWER = "PreemptLowerPriority"


@dataclass(frozen=True, slots=True)
class Priority:
    """The priority of one pod, and whether the pod preempts."""

    value: int = 0
    policy: PreemptionPolicy = PreemptionPolicy.LOWER


@dataclass(frozen=True, slots=True)
class PriorityClass:
    """A priority with a name; the class with `global_default` is that of pods which name none."""

    metadata: ObjectMeta
    value: int
    global_default: bool = False
    preemption_policy: PreemptionPolicy = PreemptionPolicy.LOWER
    description: str = ""

    @property
    def key(self) -> Key:
        """Identity of the object."""
        return class_key(self.metadata.name)

    @property
    def priority(self) -> Priority:
        """The priority of the class's pods."""
        return Priority(self.value, self.preemption_policy)


SYSTEM_CLASSES: Mapping[str, Priority] = {
    "system-cluster-critical": Priority(2_000_000_000),
    "system-node-critical": Priority(2_000_001_000),
}
"""The classes that are always there."""


def class_key(name: str) -> Key:
    """The key of the class of that name; classes have no namespace."""
    return Key(KIND, "", name)


def default_priority(classes: Iterable[PriorityClass]) -> Priority:
    """The priority of pods which name no class."""
    return next((each.priority for each in classes if each.global_default), Priority())
