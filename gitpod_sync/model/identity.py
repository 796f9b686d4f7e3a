"""Who an object of Git is: what the API server of Kubernetes gives to an object, and counts as it changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired, Object
from gitpod_sync.model.pods.hashing import object_hash, uid_from
from gitpod_sync.model.workloads.workloads import Pod


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectIdentity:
    """The part of an object's metadata that nobody writes (Kubernetes: ObjectMeta)."""

    uid: str
    """Another one when an object of this name is made anew after it was taken away."""
    created_at: float
    """When the object came into force first, in seconds since the epoch."""
    generation: int
    """How often `spec` has changed since then, beginning with 1."""
    spec: str
    """The hash of `spec` as it is in force; that of nothing for an object without one."""


def note_identities(known: Mapping[Key, ObjectIdentity], desired: Desired, now: float) -> Mapping[Key, ObjectIdentity]:
    """The identities of all objects that are in force from `now` on (seconds since the epoch).

    `known` are those that were until now: what stays keeps its own, what has another `spec` is of the next generation.
    A bare pod has the identity of the pod that is made for it.
    """
    return {key: _note(known.get(key), key, value, desired.commit, now) for key, value in _objects(desired)}


def _objects(desired: Desired) -> Iterator[tuple[Key, Object]]:
    yield from ((key, each) for key, each in desired.workloads.items() if not isinstance(each, Pod))
    yield from desired.cron_jobs.items()
    yield from desired.configs.items()


def _note(known: ObjectIdentity | None, key: Key, value: Object, commit: str, now: float) -> ObjectIdentity:
    spec = object_hash(getattr(value, "spec", None))
    if known is None:
        uid = uid_from(f"{key.kind}/{key.namespace}/{key.name}/{commit}/{now!r}")
        return ObjectIdentity(uid=uid, created_at=now, generation=1, spec=spec)
    return known if known.spec == spec else replace(known, generation=known.generation + 1, spec=spec)
