"""How what is no workload differs from what was in force: ConfigMaps and the like show on no engine.

Values of Secrets are told apart, and never told.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from gitpod_sync.model.base.codec import Json, encode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.desired import Config
from gitpod_sync.model.pods.configs import Secret
from gitpod_sync.plan.report.field_changes import (
    ChangeKind,
    FieldChange,
    ObjectChange,
    compute_field_changes,
    told_apart,
)

_MASK = "********"


def compute_config_changes(before: Mapping[Key, Config], after: Mapping[Key, Config]) -> tuple[ObjectChange, ...]:
    """Every object that is not as it was, sorted by key."""
    return tuple(
        change
        for key in sorted({*before, *after})
        for change in told_apart(key, partial(_changes, key, before.get(key), after.get(key)))
    )


def _changes(key: Key, before: Config | None, after: Config | None) -> Iterator[ObjectChange]:
    if before is None or after is None:
        yield ObjectChange(key, ChangeKind.CREATE if before is None else ChangeKind.DELETE)
    elif fields := tuple(_fields(before, after)):
        yield ObjectChange(key, ChangeKind.UPDATE, fields)


def _fields(before: Config, after: Config) -> Iterator[FieldChange]:
    yield from compute_field_changes(_shown(before), _shown(after), "")
    if isinstance(before, Secret) and isinstance(after, Secret):
        old, new = before.variables, after.variables
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield FieldChange(f"data.{name}", _masked(old.get(name)), _masked(new.get(name)))


def _shown(config: Config) -> Json:
    """An annotation of a Secret may repeat the whole of it."""
    return {"type": config.type, "immutable": config.immutable} if isinstance(config, Secret) else encode(config)


def _masked(value: bytes | None) -> str | None:
    return None if value is None else _MASK
