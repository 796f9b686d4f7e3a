"""The tables of revisions: what is in force of each source, and what is refused. `history` owns the connection.

A source is known by its key: where it is, its branch and its path.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_FINDINGS = 20
"""Of a refused revision; the rest is counted. `validate` tells all."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS good_revision (source TEXT PRIMARY KEY, commit_hash TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS refusal (
    source TEXT PRIMARY KEY, commit_hash TEXT NOT NULL, at REAL NOT NULL, findings TEXT NOT NULL, count INTEGER NOT NULL
);
"""

READ_GOOD = "SELECT source, commit_hash FROM good_revision ORDER BY source"
READ_SINCE = "SELECT source, at FROM good_revision ORDER BY source"
RECORD_GOOD = """
INSERT INTO good_revision VALUES (?, ?, ?) ON CONFLICT (source) DO UPDATE SET
    at = CASE commit_hash WHEN excluded.commit_hash THEN at ELSE excluded.at END, commit_hash = excluded.commit_hash
"""
FORGET_OTHER_GOOD = "DELETE FROM good_revision WHERE source NOT IN (SELECT value FROM json_each(?))"

READ_REFUSED = "SELECT source, commit_hash, at, findings, count FROM refusal ORDER BY source"
RECORD_REFUSED = """
INSERT INTO refusal VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET
    at = CASE commit_hash WHEN excluded.commit_hash THEN at ELSE excluded.at END,
    commit_hash = excluded.commit_hash, findings = excluded.findings, count = excluded.count
"""
FORGET_OTHER_REFUSED = "DELETE FROM refusal WHERE source NOT IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class RefusedRevision:
    """The newest commit of a source, refused since `at` for `count` findings, the first of which are kept as text."""

    commit: str
    at: float
    findings: tuple[str, ...]
    count: int


def refusal_row(source: str, refused: RefusedRevision) -> tuple[object, ...]:
    """A row for `RECORD_REFUSED`."""
    return source, refused.commit, refused.at, json.dumps(refused.findings[:MOST_FINDINGS]), refused.count


def refused_of(row: tuple[Any, ...]) -> tuple[str, RefusedRevision]:
    """A row of `READ_REFUSED`."""
    source, commit, at, findings, count = row
    return source, RefusedRevision(commit, at, tuple(json.loads(findings)), count)


def only(sources: Mapping[str, object]) -> list[tuple[str]]:
    """The row for forgetting all other sources."""
    return [(json.dumps(sorted(sources)),)]
