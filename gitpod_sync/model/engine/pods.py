"""Pods as they are on the engine. The sandbox is the pod: without it there are only leftovers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gitpod_sync.model.base import labels
from gitpod_sync.model.base.instance import ENDING_SUFFIX, Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.container import ContainerConfig
from gitpod_sync.model.engine.observed import ContainerStatus, ObservedContainer, ObservedVolume
from gitpod_sync.model.pods.pod import DEFAULT_GRACE, Container, PodTemplate
from gitpod_sync.model.pods.resizing import PendingResize
from gitpod_sync.model.records.disruption import Disrupted
from gitpod_sync.model.records.records import EndedContainer, PodRecord

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_TIME = re.compile(r"\d{1,12}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PodIdentity:
    """The identity of a pod, its maker, and its template; written into the labels of its sandbox."""

    namespace: str
    """A part of its name; it isolates nothing."""
    name: str
    """With the namespace, what people and workloads know the pod by."""
    uid: str
    """Fresh for every pod made, and never given again."""
    owner: Key
    """The workload that made it; a bare pod is its own."""
    template: PodTemplate
    """What it was made from, as the workload had it then."""
    template_hash: str
    """The version of its workload that it is of: the template's digest."""
    commit: str = ""
    """The commit that it was made at; "" when nobody noted it."""
    priority: int = 0
    """Settled when it was made, as in Kubernetes: a class that changes later does not change it."""
    keeps_messages: bool = True
    """Whether its sandbox holds files for termination messages.

    A sandbox that an earlier version has made does not, and is kept as it is: a new version of gitpod-sync is no reason
    to end every pod at the same time.
    """

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class ObservedPod:
    """A pod on the engine: its identity, its containers and volumes, and what earlier passes have decided about it."""

    identity: PodIdentity
    """As its labels say."""
    sandbox: ObservedContainer | None = None
    """None while its first operations are under way. That of an evicted pod may be its tombstone."""
    attempts: Mapping[str, tuple[ObservedContainer, ...]] = field(default_factory=dict)
    """The containers of each name, the oldest attempt first."""
    volumes: tuple[ObservedVolume, ...] = ()
    """Those made for this pod."""
    address: str = ""
    """Its own on the instance's network, or the node's for a pod on the node's network; "" while there is none."""
    resized: PodTemplate | None = None
    """The template that a bare pod is brought to where it stands: other CPU and memory; None: none."""
    leaving: bool = False
    """An earlier pass has decided to end it, and the operations for it are still under way."""
    tombstone: ObservedContainer | None = None
    """Marks an evicted pod; its `sandbox` as well, once the real one is gone."""
    pending_resize: PendingResize | None = None
    """Why its CPU and memory are not yet what Git asks for; None when they are."""
    disrupted: Disrupted | None = None
    """The disruption (preemption, eviction, a drain …) that ends it; None: none."""
    remembered: PodRecord | None = None
    """What was over of it when it was last seen, whatever has become of its containers since; bare pods only."""
    adopted_by: Key | None = None
    """The workload that it belongs to by now, where Git does not name its `owner` any more; None: its owner."""

    @property
    def owner(self) -> Key:
        """The workload that it belongs to now."""
        return self.adopted_by or self.identity.owner

    @property
    def evicted(self) -> bool:
        """Whether the pod bears the mark of having been evicted."""
        return self.tombstone is not None

    @property
    def vacated(self) -> bool:
        """Whether nothing but the mark is left of an evicted pod."""
        return self.tombstone is not None and self.sandbox is self.tombstone and not self.volumes

    @property
    def created_at(self) -> float | None:
        """When the pod was made, in seconds since the epoch, as far as that is known."""
        if self.tombstone is not None:
            return _time(self.tombstone, labels.POD_CREATED)
        remembered = self.remembered.created_at if self.remembered else None
        return self.sandbox.created_at if self.sandbox else remembered

    @property
    def template(self) -> PodTemplate:
        """The template that the pod is to be like."""
        return self.resized or self.identity.template

    @property
    def ending(self) -> bool:
        """Whether the pod bears the mark of being ended, or is about to."""
        return self.leaving or (self.sandbox is not None and self.sandbox.name.endswith(ENDING_SUFFIX))

    def latest(self, container: str) -> ObservedContainer | None:
        """The last attempt of a container, or what is remembered of that attempt."""
        attempts = self.attempts_of(container)
        return attempts[-1] if attempts else None

    def attempts_of(self, container: str) -> tuple[ObservedContainer, ...]:
        """The attempts of a container; when all are gone, what is remembered of the last one."""
        ended = self.remembered.ended.get(container) if self.remembered else None
        return self.attempts.get(container) or ((_gone_container(ended),) if ended else ())

    def container(self, name: str) -> Container | None:
        """The container of that name as the template asks for it."""
        return next((each for each in self.template.spec.all_containers if each.name == name), None)

    @property
    def containers(self) -> tuple[ObservedContainer, ...]:
        """All containers but the sandbox, dead attempts included."""
        return tuple(container for name in sorted(self.attempts) for container in self.attempts[name])


@dataclass(frozen=True, slots=True)
class Leftover:
    """A container under our labels that belongs to no pod. An `orphaned` one was a pod's and is ended with grace."""

    container: ObservedContainer
    cause: str
    orphaned: bool = False

    @property
    def owner(self) -> Key | None:
        """The workload whose pod it was a part of."""
        return owner_of(self.container) if self.orphaned else None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose containers and volumes bear a UID, as far as their labels tell it."""

    uid: str
    pod: str
    owner: Key

    def __str__(self) -> str:
        return f"{self.owner.namespace}/{self.pod}"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The observed things sorted into pods, in their order, and what belongs to none, each sorted by name.

    `unread` are those of which nobody can tell what they are: they are in none of the others.
    """

    pods: tuple[ObservedPod, ...]
    leftovers: tuple[Leftover, ...]
    volumes: tuple[ObservedVolume, ...]
    claims: tuple[ObservedVolume, ...] = ()
    unread: tuple[Bearer, ...] = ()


def place_of(pod: ObservedPod) -> tuple[str, str]:
    """Sort key: namespace and name, the order of pods everywhere."""
    return (str(pod.identity), pod.identity.uid)


def identity_labels(identity: PodIdentity, instance: Instance) -> dict[str, str]:
    """The labels by which everything that a pod is made of is known."""
    return {
        labels.INSTANCE: instance.name,
        labels.NAMESPACE: identity.namespace,
        labels.POD: identity.name,
        labels.UID: identity.uid,
        labels.OWNER: f"{identity.owner.kind}/{identity.owner.name}",
    }


def attempt_of(container: ObservedContainer) -> int:
    """How often the container was started before this one."""
    return _number(container, labels.ATTEMPT)


def grace_of(container: ObservedContainer) -> int:
    """Seconds that its pod gives it to end."""
    return _number(container, labels.GRACE, DEFAULT_GRACE)


def backoff_of(container: ObservedContainer) -> int:
    """How many restarts in a row preceded this one without ten good minutes."""
    return _number(container, labels.BACKOFF)


def _gone_container(ended: EndedContainer) -> ObservedContainer:
    """A container that had ended for good and was removed: without an id, and nothing can be done to it."""
    return ObservedContainer(
        id="",
        name="",
        config=ContainerConfig(image="", network="", labels={labels.ATTEMPT: str(ended.attempt)}),
        status=ContainerStatus.EXITED,
        started_at=ended.started_at,
        finished_at=ended.finished_at,
        exit_code=ended.exit_code,
        oom_killed=ended.oom_killed,
    )


def owner_of(container: ObservedContainer) -> Key:
    """The workload that its pod was made for."""
    return _owner_in(container.labels)


def bearer_of(found: Mapping[str, str]) -> Bearer:
    """Whose container or volume has these labels."""
    return Bearer(found.get(labels.UID, ""), found.get(labels.POD, ""), _owner_in(found))


def _owner_in(found: Mapping[str, str]) -> Key:
    kind, _, name = found.get(labels.OWNER, "").partition("/")
    return Key(kind, found.get(labels.NAMESPACE, ""), name)


def _time(container: ObservedContainer, label: str) -> float:
    text = container.labels.get(label, "")
    return float(text) if _TIME.fullmatch(text) else container.created_at


def _number(container: ObservedContainer, label: str, default: int = 0) -> int:
    text = container.labels.get(label, "")
    return int(text) if _NUMBER.fullmatch(text) else default
