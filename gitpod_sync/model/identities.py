"""The identities of the objects in force, from one revision to the next."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Desired, Object
from gitpod_sync.model.pods.hashing import object_hash, uid_from
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.model.workloads.workloads import Pod


def note_identities(known: Mapping[Key, ObjectIdentity], desired: Desired, now: float) -> Mapping[Key, ObjectIdentity]:
    """The identities of all objects in force from `now` on (seconds since the epoch).

    `known` are those until now: an object that stays keeps its own, and one with another `spec` is of the next
    generation. A bare pod has the identity of the pod that is made for it.
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
