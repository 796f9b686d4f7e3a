"""The table of events: its SQL, and rows to events and back. `history` owns the connection."""

from collections.abc import Iterable
from typing import Any

from gitpod_sync.model.event import Event, EventType, RecordedEvent
from gitpod_sync.model.meta import Key

KEEP_FOR = 7 * 86_400.0
"""Seconds after which an event that did not happen again is let go of."""

KEEP_AT_MOST = 10_000
LONGEST_MESSAGE = 1024

SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    namespace TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, type TEXT NOT NULL,
    reason TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL, first_at REAL NOT NULL, last_at REAL NOT NULL,
    UNIQUE (namespace, kind, name, uid, reason, message)
);
CREATE INDEX IF NOT EXISTS event_last_at ON event (last_at);
"""

# Times tell what was counted before: a process that starts tells again what it finds, and nothing is counted twice.
RECORD = """
INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
ON CONFLICT (namespace, kind, name, uid, reason, message)
DO UPDATE SET count = count + 1, last_at = excluded.last_at, type = excluded.type WHERE excluded.last_at > last_at
"""

READ = "SELECT * FROM event WHERE (? IS NULL OR namespace = ?) ORDER BY last_at, rowid"
FORGET_OLD = "DELETE FROM event WHERE last_at < ?"
FORGET_SURPLUS = f"""
DELETE FROM event WHERE rowid IN (
    SELECT rowid FROM event ORDER BY last_at DESC, rowid DESC LIMIT -1 OFFSET {KEEP_AT_MOST}
)
"""  # noqa: S608 - a number of ours


def rows_of(events: Iterable[tuple[Event, float]]) -> list[tuple[object, ...]]:
    """Rows for `RECORD`, the earliest first."""
    return [
        (
            event.about.namespace,
            event.about.kind,
            event.about.name,
            event.uid,
            event.type.value,
            event.reason,
            event.message[:LONGEST_MESSAGE],
            at,
            at,
        )
        for event, at in sorted(events, key=lambda told: told[1])
    ]


def event_of(row: tuple[Any, ...]) -> RecordedEvent:
    """A row of `READ`."""
    namespace, kind, name, uid, event_type, reason, message, count, first_at, last_at = row
    event = Event(Key(kind, namespace, name), reason, message, EventType(event_type), uid)
    return RecordedEvent(event, count, first_at, last_at)
