"""The table of the identities of objects. `history` owns the connection."""

from collections.abc import Iterable, Mapping
from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.identity import ObjectIdentity

SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, created_at REAL NOT NULL,
    generation INTEGER NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (kind, namespace, name)
);
"""

READ = "SELECT kind, namespace, name, uid, created_at, generation, spec FROM identity ORDER BY kind, namespace, name"
RECORD = "INSERT OR REPLACE INTO identity VALUES (?, ?, ?, ?, ?, ?, ?)"
FORGET = "DELETE FROM identity WHERE kind = ? AND namespace = ? AND name = ?"


def identity_of(row: tuple[Any, ...]) -> tuple[Key, ObjectIdentity]:
    """A row of `READ`."""
    kind, namespace, name, uid, created_at, generation, spec = row
    identity = ObjectIdentity(uid=uid, created_at=created_at, generation=generation, spec=spec)
    return Key(kind, namespace, name), identity


def rows_of(identities: Mapping[Key, ObjectIdentity]) -> list[tuple[object, ...]]:
    """Rows for `RECORD`."""
    return [
        (key.kind, key.namespace, key.name, each.uid, each.created_at, each.generation, each.spec)
        for key, each in sorted(identities.items())
    ]


def rows_to_forget(keys: Iterable[Key]) -> list[tuple[object, ...]]:
    """Rows for `FORGET`."""
    return [(key.kind, key.namespace, key.name) for key in sorted(keys)]
