"""The tables of images: what tags name, and how far pulls have come. `history` owns the connection."""

from typing import Any

from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.records.image_digest import ImageDigest

PULL_FRESH_FOR = 15.0
"""Seconds after which what was told of a pull is no news any more: whoever pulled has ended."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS image_digest (
    reference TEXT PRIMARY KEY, first TEXT NOT NULL, latest TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS pull (
    reference TEXT PRIMARY KEY, done INTEGER NOT NULL, total INTEGER NOT NULL, layers_done INTEGER NOT NULL,
    layers INTEGER NOT NULL, at REAL NOT NULL
);
"""

READ_DIGESTS = "SELECT reference, first, latest, at FROM image_digest ORDER BY reference"
RECORD_DIGEST = "INSERT OR REPLACE INTO image_digest VALUES (?, ?, ?, ?)"
FORGET_DIGEST = "DELETE FROM image_digest WHERE reference = ?"
READ_PULLS = "SELECT reference, done, total, layers_done, layers FROM pull WHERE at > ? ORDER BY reference"
RECORD_PULL = "INSERT OR REPLACE INTO pull VALUES (?, ?, ?, ?, ?, ?)"
FORGET_PULL = "DELETE FROM pull WHERE reference = ?"


def digest_of(row: tuple[Any, ...]) -> tuple[str, ImageDigest]:
    """A row of `READ_DIGESTS`."""
    reference, first, latest, at = row
    return reference, ImageDigest(first, latest, at)


def progress_of(row: tuple[Any, ...]) -> tuple[str, PullProgress]:
    """A row of `READ_PULLS`."""
    reference, *sums = row
    return reference, PullProgress(*sums)
