"""The tables of what is in force and of removals that wait for a word. `history` owns the connection."""

import json
from collections.abc import Iterable
from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.removal import Leaving, Removal

SCHEMA = """
CREATE TABLE IF NOT EXISTS in_force (
    source TEXT PRIMARY KEY, commit_hash TEXT NOT NULL, objects TEXT NOT NULL, patterns TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS held_removal (
    source TEXT PRIMARY KEY, in_force TEXT NOT NULL, commit_hash TEXT NOT NULL, leaving TEXT NOT NULL,
    empties INTEGER NOT NULL
);
"""

READ_IN_FORCE = "SELECT source, commit_hash, objects, patterns FROM in_force ORDER BY source"
FORGET_IN_FORCE = "DELETE FROM in_force"
RECORD_IN_FORCE = "INSERT OR REPLACE INTO in_force VALUES (?, ?, ?, ?)"
READ_HELD = "SELECT source, in_force, commit_hash, leaving, empties FROM held_removal ORDER BY source"
FORGET_HELD = "DELETE FROM held_removal"
RECORD_HELD = "INSERT OR REPLACE INTO held_removal VALUES (?, ?, ?, ?, ?)"


def row_of_layout(layout: Layout) -> tuple[object, ...]:
    """A row for `RECORD_IN_FORCE`."""
    objects = [(key.kind, key.namespace, key.name, file) for key, file in sorted(layout.files.items())]
    return layout.source, layout.commit, json.dumps(objects), json.dumps(layout.patterns)


def layout_of(row: tuple[Any, ...]) -> Layout:
    """A row of `READ_IN_FORCE`."""
    source, commit, objects, patterns = row
    files = {Key(kind, space, name): file for kind, space, name, file in json.loads(objects)}
    include, exclude = json.loads(patterns) or ((), ())
    return Layout(source, commit, files, patterns=(tuple(include), tuple(exclude)) if include else None)


def rows_of_removals(removals: Iterable[Removal]) -> list[tuple[object, ...]]:
    """Rows for `RECORD_HELD`."""
    return [
        (each.source, each.in_force, each.commit, json.dumps(list(map(_texts_of, each.leaving))), each.empties)
        for each in removals
    ]


def removal_of(row: tuple[Any, ...]) -> Removal:
    """A row of `READ_HELD`."""
    source, in_force, commit, leaving, empties = row
    left = (Leaving(Key(kind, space, name), file, why) for kind, space, name, file, why in json.loads(leaving))
    return Removal(source, in_force, commit, tuple(left), bool(empties))


def _texts_of(leaving: Leaving) -> tuple[str, ...]:
    return leaving.key.kind, leaving.key.namespace, leaving.key.name, leaving.file, leaving.unread
