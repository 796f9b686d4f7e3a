"""Identities of the objects of Git: what Kubernetes' API server gives to an object, and counts as it changes."""

from dataclasses import dataclass


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
