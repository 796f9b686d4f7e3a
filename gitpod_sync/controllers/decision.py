"""What a controller decides: named buckets, and how its workload is doing."""

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
    """The versions of a StatefulSet by the names that its pods' labels have for them.

    `current` is the one that all pods had last, `update` the one that they are to have; `at_current` pods are of the
    first.
    """

    current: str
    update: str
    at_current: int


@dataclass(frozen=True, slots=True)
class WorkloadStatus:
    """Counts of pods, with Kubernetes' names; pods being ended are not counted.

    `complete` says that everything is as the object asks: all pods updated and available, none too many. `failed` is a
    reason why it can never get there by itself ("" while it can); `recovering` says that the failure is being undone,
    which is worth waiting for. `held` says why something other than Git's newest is kept on purpose
    ("" when it is not).
    """

    desired: int
    current: int
    updated: int
    ready: int
    available: int
    complete: bool
    failed: str = ""
    versions: VersionStatus | None = None
    held: str = ""
    recovering: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do for one workload. `wake_at` is when it should be looked at again without any event.

    `record` is what has to be remembered before any of it is done, `events` what is to be told of the decision once.
    `done` are orders that it has done all about. `release` are claims, by name, whose volumes go. `template` is what
    new pods get where that is not what Git says (None: it is). `undecided`: nothing could be decided.
    """

    workload: Key
    status: WorkloadStatus
    create: tuple[NewPod, ...] = ()
    end: tuple[EndPod, ...] = ()
    wake_at: float | None = None
    record: Record | None = None
    done: tuple[Intervention, ...] = ()
    events: tuple[Event, ...] = ()
    release: tuple[str, ...] = ()
    template: PodTemplate | None = None
    undecided: bool = False

    @property
    def is_crowd(self) -> bool:
        """Whether it is about more pods than its node could hold."""
        return any(new.further for new in self.create)
