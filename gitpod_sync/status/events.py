"""The table of events: its SQL, and rows to events and back. `history` owns the connection."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.event import Event, EventType, RecordedEvent, alike

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

# Before `RECORD`: an ongoing event takes its newest words. `alike` is a function of ours that the connection has.
RENEW = """
UPDATE OR IGNORE event SET message = ?6
WHERE namespace = ?1 AND kind = ?2 AND name = ?3 AND uid = ?4 AND reason = ?5
AND message <> ?6 AND alike(message) = alike(?6)
"""

READ = "SELECT * FROM event WHERE (? IS NULL OR namespace = ?) ORDER BY last_at, rowid"
FORGET_OLD = "DELETE FROM event WHERE last_at < ?"
FORGET_SURPLUS = f"""
DELETE FROM event WHERE rowid IN (
    SELECT rowid FROM event ORDER BY last_at DESC, rowid DESC LIMIT -1 OFFSET {KEEP_AT_MOST}
)
"""  # noqa: S608 - a number of ours


def in_newest_words(events: Iterable[tuple[Event, float]]) -> list[tuple[Event, float]]:
    """The events in the order of their times; those of one ongoing event have the message of the last."""
    told = sorted(events, key=lambda each: each[1])
    newest = {_sort_of(event): event.message for event, _ in told if event.ongoing}
    return [(replace(event, message=newest[_sort_of(event)]) if event.ongoing else event, at) for event, at in told]


def _sort_of(event: Event) -> tuple[Key, str, str, str]:
    return event.about, event.uid, event.reason, alike(event.message)


def rows_to_renew(events: Iterable[tuple[Event, float]]) -> list[tuple[object, ...]]:
    """Rows for `RENEW`."""
    ongoing = {
        (each.about.namespace, each.about.kind, each.about.name, each.uid, each.reason, each.message[:LONGEST_MESSAGE])
        for each, _ in events
        if each.ongoing
    }
    return sorted(ongoing)


def rows_of(events: Iterable[tuple[Event, float]]) -> list[tuple[object, ...]]:
    """Rows for `RECORD`, in the order of the events."""
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
        for event, at in events
    ]


def event_of(row: tuple[Any, ...]) -> RecordedEvent:
    """A row of `READ`."""
    namespace, kind, name, uid, event_type, reason, message, count, first_at, last_at = row
    event = Event(Key(kind, namespace, name), reason, message, EventType(event_type), uid)
    return RecordedEvent(event, count, first_at, last_at)
