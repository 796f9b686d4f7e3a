"""What steps and waits are about, and the keys under which plans and failures are remembered.

The texts of both are made here and nowhere else. Keys are stored, so their texts stay as they are; whom a key is about
is read off it by `owner_in_key` alone.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import PodIdentity

_SANDBOX_RETRY = "sandbox/"


class Part(StrEnum):
    """What of a pod, or beside all pods, a subject is."""

    POD = "pod"
    EVICTED_POD = "evicted pod"
    SANDBOX = "sandbox"
    CONTAINER = "container"
    HOOK = "hook"
    VOLUME = "volume"
    """A volume as the pod's template names it."""
    ENGINE_VOLUME = "engine volume"
    """A volume as the engine names it."""
    LEFTOVER = "leftover"
    """A container that belongs to no pod."""
    NETWORK = "network"
    IMAGE = "image"
    INSTANCE = "instance"
    OBJECT = "object"
    """An object of Git's that is no pod."""


@dataclass(frozen=True, slots=True)
class PodRef:
    """A pod by its name. A pod that should come has a new UID at every try, so UIDs are not compared."""

    namespace: str
    name: str
    uid: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a step or a wait is about."""

    part: Part
    name: str = ""
    """The name of the container, the volume, the image …; "" for a pod and its sandbox."""
    pod: PodRef | None = None
    """The pod that it is, or is a part of."""
    hook: str = ""
    """The kind of a hook, whose container has the name."""
    key: Key | None = None
    """Of an object."""

    @property
    def waiting_key(self) -> str:
        """What waits are found by: the `namespace/name` of a pod, or the object in words; "" for the rest."""
        if self.pod is not None:
            return str(self.pod)
        return str(self.key) if self.key else ""

    @property
    def in_pod(self) -> str:
        """What it is called within its pod."""
        match self.part:
            case Part.HOOK:
                return f"{self.hook} of container {self.name}"
            case Part.SANDBOX:
                return "sandbox"
            case Part.ENGINE_VOLUME:
                return f"volume {self.name}"
            case Part.LEFTOVER:
                return f"container {self.name}"
            case Part.POD | Part.EVICTED_POD:
                return f"{self.part} {self.pod}"
            case Part.OBJECT:
                return str(self.key)
            case Part.CONTAINER | Part.VOLUME | Part.NETWORK | Part.IMAGE | Part.INSTANCE:
                return f"{self.part} {self.name}"
            case _ as never:
                assert_never(never)

    def __str__(self) -> str:
        if self.part in {Part.CONTAINER, Part.HOOK, Part.SANDBOX, Part.VOLUME}:
            return f"{self.in_pod} of pod {self.pod}"
        return self.in_pod


def pod_ref(identity: PodIdentity) -> PodRef:
    """The pod of that identity."""
    return PodRef(identity.namespace, identity.name, identity.uid)


def pod_subject(identity: PodIdentity) -> Subject:
    """A pod as a whole."""
    return Subject(Part.POD, pod=pod_ref(identity))


def part_of(identity: PodIdentity, part: Part, name: str = "") -> Subject:
    """A part of a pod."""
    return Subject(part, name, pod_ref(identity))


def container_of(identity: PodIdentity, name: str) -> Subject:
    """A container of a pod."""
    return Subject(Part.CONTAINER, name, pod_ref(identity))


def object_subject(key: Key) -> Subject:
    """A workload, or another object of Git's."""
    return Subject(Part.OBJECT, key=key)


def sandbox_retry_key(identity: PodIdentity) -> str:
    """A pod that cannot be made has a new UID at every try: its failures go by its name and its template."""
    return f"{_SANDBOX_RETRY}{identity}/{identity.template_hash}"


def container_retry_key(identity: PodIdentity, container: str) -> str:
    """Failures to create and to start a container."""
    return f"{identity.uid}/{container}"


def volume_key(identity: PodIdentity, volume: str) -> str:
    """What is remembered of a volume goes by its pod: a claim is made ready for each pod that mounts it."""
    return f"{identity.uid}/volumes/{volume}"


def rest_retry_key(uid: str) -> str:
    """Signals to the sandbox of a pod that is over."""
    return f"{uid}/rest"


def eviction_retry_key(uid: str) -> str:
    """Failures to mark a pod as evicted."""
    return f"eviction/{uid}"


def hook_key(container_id: str, kind: str) -> str:
    """Key of a hook's run, and of the chain that carries it out: the pod's own chain must not wait for it."""
    return f"{container_id}/{kind}"


def owner_in_key(key: str) -> str:
    """Whom a key is about: the UID of a pod or the id of a container, of which it names a part; else all of the key."""
    return key if key.startswith(_SANDBOX_RETRY) else key.partition("/")[0]
