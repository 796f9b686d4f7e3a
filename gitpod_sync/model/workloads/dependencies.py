"""The annotation that orders workloads: `gitpod-sync.io/depends-on: Deployment/db, Job/migrate`."""

from collections.abc import Mapping

from gitpod_sync.errors import ManifestError
from gitpod_sync.model.base.labels import DEPENDS_ON
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.kinds import Role, kinds_with

AWAITABLE = kinds_with(Role.WORKLOAD)
"""The kinds that can be waited for, and that can wait. A CronJob's Jobs begin by the clock."""

_BY_NAME: Mapping[str, str] = {kind.lower(): kind for kind in AWAITABLE}
_WAYS = (2, 3)


def parse_dependencies(text: str, namespace: str) -> tuple[Key, ...]:
    """The workloads named in the annotation's value, sorted: `Kind/name`, or `Kind/namespace/name` for another one's.

    Raises `ManifestError` for what names no workload.
    """
    return tuple(sorted({_parse_one(part.strip(), namespace) for part in text.split(",") if part.strip()}))


def dependencies_of(annotations: Mapping[str, str], namespace: str) -> tuple[Key, ...]:
    """The workloads that an object with these (valid) annotations waits for."""
    return parse_dependencies(annotations.get(DEPENDS_ON, ""), namespace)


def _parse_one(part: str, namespace: str) -> Key:
    kind, *rest = part.split("/")
    if len(rest) + 1 not in _WAYS or not all(rest):
        raise ManifestError(f"`{part}` names no workload", "write Kind/name, or Kind/namespace/name")
    if kind.lower() not in _BY_NAME:
        raise ManifestError(f"a {kind or 'nothing'} cannot be waited for", f"name one of {', '.join(AWAITABLE)}")
    return Key(_BY_NAME[kind.lower()], rest[0] if rest[1:] else namespace, rest[-1])
