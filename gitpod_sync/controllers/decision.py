"""A controller's decision: named buckets, and how the workload is doing."""

from dataclasses import dataclass

from gitpod_sync.controllers.shared.conditions import Condition
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import ObservedPod
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.event import Event
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.records import Record


@dataclass(frozen=True, slots=True)
class NewPod:
    """A pod that should come, under a name that no pod of the namespace bears.

    `further` are as many others like it that should come after it, and are not asked for yet (see `crowds`).
    """

    name: str
    template: PodTemplate
    template_hash: str
    cause: str
    further: int = 0


@dataclass(frozen=True, slots=True)
class EndPod:
    """A pod that should go."""

    pod: ObservedPod
    cause: str


@dataclass(frozen=True, slots=True)
class VersionStatus:
    """The versions of a StatefulSet, named as in the labels of its pods.

    `current` is the version that all pods had last, `update` the version that they go to; `at_current` counts pods of
    the first.
    """

    current: str
    update: str
    at_current: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadStatus:
    """How a workload is doing: counts of its pods under Kubernetes' names (without ending ones), and a verdict."""

    desired: int
    """How many pods the object asks for."""
    current: int
    """How many there are."""
    updated: int
    """How many of them are of the newest version."""
    ready: int
    """How many of all are ready."""
    available: int
    """How many of all have been ready for long enough."""
    complete: bool
    """Everything is as the object asks: all pods updated and available, none too many."""
    failed: str = ""
    """Why it can never get there by itself; "" while it can."""
    versions: VersionStatus | None = None
    """The versions of a StatefulSet, current and coming; None for other kinds."""
    held: str = ""
    """Why something other than Git's newest is kept on purpose; "" when it is not."""
    recovering: bool = False
    """The failure is being undone, which is worth waiting for."""
    conditions: tuple[Condition, ...] = ()
    """As Kubernetes shows them in the object's status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The pods to come and go for one workload, and everything that follows from that."""

    workload: Key
    """The object that was decided about."""
    status: WorkloadStatus
    """How it is doing, before anything of this is done."""
    create: tuple[NewPod, ...] = ()
    """Pods that should come, the first of them first."""
    end: tuple[EndPod, ...] = ()
    """Pods that should go."""
    wake_at: float | None = None
    """When to decide again although nothing happens, in seconds since the epoch; None: there is no such time."""
    record: Record | None = None
    """Has to be remembered before any of it is done; None: nothing."""
    done: tuple[Intervention, ...] = ()
    """Interventions that are fully carried out, and are withdrawn."""
    events: tuple[Event, ...] = ()
    """What has happened with this very decision, to be told once."""
    release: tuple[str, ...] = ()
    """Claims, by name, whose volumes go."""
    template: PodTemplate | None = None
    """What new pods are made from, where that is not what Git asks for; None: it is."""
    undecided: bool = False
    """Nothing could be decided, and nothing is changed; `status.failed` says why."""

    @property
    def is_crowd(self) -> bool:
        """Whether it is about more pods than its node could hold."""
        return any(new.further for new in self.create)
