"""The part of an object's metadata that nobody writes, in the object as Kubernetes shows it. Pure.

Source: Kubernetes, ObjectMeta and OwnerReference; `observedGeneration` of the statuses that have one.
"""

from collections.abc import Mapping

from gitpod_sync.model.base.codec import Json
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.kinds import KINDS, Role, has_role
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.model.workloads.local_time import render_rfc3339


def with_identity(found: Json, identities: Mapping[Key, ObjectIdentity]) -> Json:
    """The object with its own identity, and with those of its owners.

    What is known to be older than its identity, which an earlier version did not write down, keeps its time.
    """
    metadata = found["metadata"]
    key = Key(found["kind"], metadata.get("namespace", ""), metadata["name"])
    owners = [_with_owner(each, key.namespace, identities) for each in metadata.get("ownerReferences", ())]
    identity = identities.get(key)
    own: Json = {"ownerReferences": owners} if owners else {}
    if identity is not None:
        noted = render_rfc3339(identity.created_at)
        own |= {"uid": identity.uid, "creationTimestamp": min(noted, metadata.get("creationTimestamp", noted))}
        if "spec" in found:
            own["generation"] = identity.generation
    shown = {**found, "metadata": {**metadata, **own}}
    if identity is not None and has_role(key.kind, Role.OBSERVED):
        shown["status"] = {"observedGeneration": identity.generation, **found["status"]}
    return shown


def _with_owner(reference: Json, namespace: str, identities: Mapping[Key, ObjectIdentity]) -> Json:
    kind = KINDS[reference["kind"]]
    identity = identities.get(Key(kind.name, namespace, reference["name"]))
    return {"apiVersion": kind.api_version, **reference, **({"uid": identity.uid} if identity else {})}
