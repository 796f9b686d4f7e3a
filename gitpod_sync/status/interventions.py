"""The table of standing orders: its SQL, and rows to orders and back. `history` owns the connection."""

from collections.abc import Iterable
from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.interventions import Intervention, Verb

SCHEMA = """
CREATE TABLE IF NOT EXISTS standing_order (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, verb TEXT NOT NULL, argument TEXT NOT NULL,
    at REAL NOT NULL, about TEXT NOT NULL, PRIMARY KEY (kind, namespace, name, verb)
);
"""

READ = "SELECT * FROM standing_order ORDER BY kind, namespace, name, verb"
GIVE = "INSERT OR REPLACE INTO standing_order VALUES (?, ?, ?, ?, ?, ?, ?)"

# By its time as well: an order given anew in the meantime stays.
LIFT = "DELETE FROM standing_order WHERE kind = ? AND namespace = ? AND name = ? AND verb = ? AND at = ?"

_VERBS = frozenset(Verb)


def row_of(intervention: Intervention) -> tuple[object, ...]:
    """A row for `GIVE`."""
    subject = intervention.subject
    return (
        subject.kind,
        subject.namespace,
        subject.name,
        intervention.verb.value,
        intervention.argument,
        intervention.at,
        intervention.about,
    )


def rows_to_lift(interventions: Iterable[Intervention]) -> list[tuple[object, ...]]:
    """Rows for `LIFT`."""
    return [
        (each.subject.kind, each.subject.namespace, each.subject.name, each.verb.value, each.at)
        for each in sorted(interventions)
    ]


def orders_of(rows: Iterable[tuple[Any, ...]]) -> tuple[Intervention, ...]:
    """Rows of `READ`; a verb that only a later program knows is passed over."""
    return tuple(
        Intervention(Key(kind, namespace, name), Verb(verb), argument, at, about)
        for kind, namespace, name, verb, argument, at, about in rows
        if verb in _VERBS
    )
