"""SQLite in the state directory: what is in force, what keeps failing, what was learnt of containers, what happened.

Other processes (`gitpod-sync get`) read while the daemon writes; WAL lets them. They write standing orders.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from gitpod_sync.errors import ConfigError
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.records.event import Event, RecordedEvent
from gitpod_sync.model.records.health import Health
from gitpod_sync.model.records.identity import ObjectIdentity
from gitpod_sync.model.records.image_digest import ImageDigest
from gitpod_sync.model.records.interventions import Intervention
from gitpod_sync.model.records.pressure import HeldCondition, NodeCondition
from gitpod_sync.model.records.records import Record, record_from_text, record_to_text
from gitpod_sync.model.removal import Removal
from gitpod_sync.status import events as table
from gitpod_sync.status import identities as identities_table
from gitpod_sync.status import images, revisions
from gitpod_sync.status import interventions as orders_table
from gitpod_sync.status import removals as removals_table
from gitpod_sync.status.database import open_database, read_database
from gitpod_sync.status.finished_jobs import FinishedJobs
from gitpod_sync.status.revisions import RefusedRevision
from gitpod_sync.status.writable import why_unwritable

log = logging.getLogger(__name__)

_MOST_OWED = 10_000
"""Statements that are kept in mind while nothing can be written."""

OPEN_EVERY = 5.0
"""Seconds between two tries to open a database that could not be opened."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS failure (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, count INTEGER NOT NULL, at REAL NOT NULL, message TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS written (volume TEXT PRIMARY KEY, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS workload (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (kind, namespace, name)
);
CREATE TABLE IF NOT EXISTS node_condition (name TEXT PRIMARY KEY, since REAL NOT NULL, met_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS brought_image (reference TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS score_trial (run TEXT PRIMARY KEY, lowers INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS lasting (name TEXT PRIMARY KEY, since REAL NOT NULL);
CREATE TABLE IF NOT EXISTS resized (uid TEXT PRIMARY KEY, template TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS health (
    container TEXT PRIMARY KEY, run REAL NOT NULL, post_started_at REAL, started_at REAL, ready_since REAL,
    unready_since REAL, failed TEXT NOT NULL, failed_by TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class FailureRecord:
    """A subject that failed `count` times in a row, last at `at` (seconds since the epoch)."""

    kind: str
    count: int
    at: float
    message: str


class History:
    """One open database; may be used from several threads."""

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Open it, making it when missing, and anew when it is damaged. Raises `ConfigError` for an unusable place.

        Where the place takes nothing (it is full, read-only, not ours), what is there is read, what is written is kept
        in mind, and the database is opened as soon as it can be. With `reading` it is a copy of this moment, and
        nothing is made or written at the place.
        """
        self._lock = threading.Lock()
        self._owed: deque[tuple[str, tuple[tuple[object, ...], ...]]] = deque(maxlen=_MOST_OWED)
        """What could not be written yet, in its order."""
        self._waiting: list[Callable[[], bool]] = []
        """What else waits until something can be written."""
        self._path = path
        tables = (revisions, removals_table, table, images, orders_table, identities_table)
        self._schema = " ".join((_SCHEMA, *(each.SCHEMA for each in tables)))
        self._why_not_open = ""
        """Why a copy in memory stands in for the database that is to be written."""
        self._open_at = 0.0
        try:
            self._connection = read_database(path, self._schema) if reading else self._open()
            self._finished = FinishedJobs(path.with_suffix(".jobs"))
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"the state in {path} cannot be used: {error}", "set state_dir to a writable folder"
            ) from error

    def _open(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return open_database(self._path, self._schema)
        except (OSError, sqlite3.OperationalError) as error:
            why = why_unwritable(self._path.parent)
            if not why:
                raise
            self._why_not_open = why
            told = "what is there is read, and what happens is kept in mind until it can be written"
            log.warning("the state in %s cannot be written: %s (%s); %s", self._path, why, error, told)
        self._open_at = time.monotonic() + OPEN_EVERY
        return read_database(self._path, self._schema)

    def _open_again(self) -> None:
        """With the lock held: change over to the database itself, if it can be opened by now."""
        if time.monotonic() < self._open_at:
            return
        self._open_at = time.monotonic() + OPEN_EVERY
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            opened = open_database(self._path, self._schema)
        except (OSError, sqlite3.Error, ConfigError):
            return
        self._connection.close()
        self._connection, self._why_not_open = opened, ""
        log.info("the state in %s can be written again", self._path)

    def when_written(self, task: Callable[[], bool]) -> None:
        """Have the task done as soon as something could be written; it tells whether it is done."""
        with self._lock:
            self._waiting.append(task)

    def good_revisions(self) -> Mapping[str, str]:
        """The commits that are in force, by the keys of their sources; empty when none ever was, as far as is known."""
        return {str(source): str(commit) for source, commit in self._read(revisions.READ_GOOD)}

    def good_since(self) -> Mapping[str, float]:
        """Since when these are in force (seconds since the epoch), by the keys of their sources."""
        return {str(source): float(at) for source, at in self._read(revisions.READ_SINCE)}

    def record_good_revisions(self, commits: Mapping[str, str], at: float) -> None:
        """Remember what is in force from now on. Of other sources nothing is any more."""
        self._write(revisions.RECORD_GOOD, [(source, commit, at) for source, commit in sorted(commits.items())])
        self._write(revisions.FORGET_OTHER_GOOD, revisions.only(commits))

    def refused_revisions(self) -> Mapping[str, RefusedRevision]:
        """The newest revisions that are not in force because they are not valid, by the keys of their sources."""
        return dict(map(revisions.refused_of, self._read(revisions.READ_REFUSED)))

    def record_refused_revisions(self, refused: Mapping[str, RefusedRevision]) -> None:
        """Remember what is refused from now on, in place of all that was."""
        self._write(revisions.FORGET_OTHER_REFUSED, revisions.only(refused))
        rows = [revisions.refusal_row(source, each) for source, each in sorted(refused.items())]
        self._write(revisions.RECORD_REFUSED, rows)

    def in_force(self) -> tuple[Layout, ...]:
        """The objects of every source as they were accepted last; none at all when that is not known."""
        return tuple(map(removals_table.layout_of, self._read(removals_table.READ_IN_FORCE)))

    def record_in_force(self, layouts: Iterable[Layout]) -> None:
        """Remember what was accepted, in place of all that was before."""
        self._write(removals_table.FORGET_IN_FORCE, [()])
        self._write(removals_table.RECORD_IN_FORCE, list(map(removals_table.row_of_layout, layouts)))

    def held_removals(self) -> tuple[Removal, ...]:
        """Removals in the newest revisions that nobody has asked for and nobody has permitted."""
        return tuple(map(removals_table.removal_of, self._read(removals_table.READ_HELD)))

    def record_held_removals(self, removals: Iterable[Removal]) -> None:
        """Remember these removals in place of earlier ones."""
        self._write(removals_table.FORGET_HELD, [()])
        self._write(removals_table.RECORD_HELD, removals_table.rows_of_removals(removals))

    def identities(self) -> Mapping[Key, ObjectIdentity]:
        """The identities of the objects in force."""
        return dict(map(identities_table.identity_of, self._read(identities_table.READ)))

    def record_identities(self, identities: Mapping[Key, ObjectIdentity]) -> None:
        """Remember these, in place of all that were; only what differs is written."""
        known = self.identities()
        self._write(identities_table.FORGET, identities_table.rows_to_forget(known.keys() - identities.keys()))
        changed = {key: each for key, each in identities.items() if known.get(key) != each}
        self._write(identities_table.RECORD, identities_table.rows_of(changed))

    def failures(self) -> Mapping[str, FailureRecord]:
        """Everything that keeps failing, by key."""
        rows = self._read("SELECT key, kind, count, at, message FROM failure ORDER BY key")
        return {key: FailureRecord(kind, count, at, message) for key, kind, count, at, message in rows}

    def record_failure(self, key: str, failure: FailureRecord) -> None:
        """Remember a failure under its key."""
        row = (key, failure.kind, failure.count, failure.at, failure.message)
        self._write("INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?)", [row])

    def forget_failures(self, keys: frozenset[str]) -> None:
        """Forget failures of subjects that have worked since, or are not asked for any more."""
        self._write("DELETE FROM failure WHERE key = ?", [(key,) for key in sorted(keys)])

    def record_events(self, events: Iterable[tuple[Event, float]]) -> None:
        """Remember what happened, each with its time; what is known with that time already is not counted again."""
        told = table.in_newest_words(events)
        if renewed := table.rows_to_renew(told):
            self._owed.append((table.RENEW, tuple(renewed)))  # with the others, in one transaction
        self._write(table.RECORD, table.rows_of(told))

    def events(self, namespace: str | None = None) -> tuple[RecordedEvent, ...]:
        """Events of a namespace (None: of all), the latest last."""
        return tuple(map(table.event_of, self._read(table.READ, (namespace, namespace))))

    def forget_events(self, now: float) -> None:
        """Remove events that are too old, and the oldest when there are too many."""
        self._write(table.FORGET_OLD, [(now - table.KEEP_FOR,)])
        self._write(table.FORGET_SURPLUS, [()])

    def score_trial(self, run: str) -> bool | None:
        """Whether a run of an engine may lower the scores of containers; None when it was not tried."""
        found = self._read("SELECT lowers FROM score_trial WHERE run = ?", (run,))
        return bool(found[0][0]) if found else None

    def record_score_trial(self, run: str, *, lowers: bool) -> None:
        """Remember it, in place of what was found of an earlier run."""
        self._write("DELETE FROM score_trial", [()])
        self._write("INSERT OR REPLACE INTO score_trial VALUES (?, ?)", [(run, int(lowers))])

    def written(self) -> Mapping[str, str]:
        """Keyed digests of what was written into volumes, by what the operations call them."""
        return {str(volume): str(digest) for volume, digest in self._read("SELECT volume, digest FROM written")}

    def record_written(self, volume: str, digest: str) -> None:
        """Remember what was written into a volume."""
        self._write("INSERT OR REPLACE INTO written VALUES (?, ?)", [(volume, digest)])

    def forget_written(self, volumes: frozenset[str]) -> None:
        """Forget the files of volumes that are gone."""
        self._write("DELETE FROM written WHERE volume = ?", [(each,) for each in sorted(volumes)])

    def records(self) -> Mapping[Key, Record]:
        """The records of controllers, by workload."""
        rows = self._read("SELECT kind, namespace, name, record FROM workload ORDER BY kind, namespace, name")
        read = {Key(kind, namespace, name): record_from_text(kind, text) for kind, namespace, name, text in rows}
        known = {key: record for key, record in read.items() if record is not None}
        return {**self._finished.records(), **known}

    @property
    def is_blank(self) -> bool:
        """Whether nothing is remembered: the database is new, or was lost."""
        tables = ("workload", "health", "written", "failure", "event")
        found = " UNION ALL ".join(f"SELECT 1 FROM {name}" for name in tables)  # noqa: S608 - names of ours
        rows = self._read(f"SELECT EXISTS ({found})")
        return bool(rows) and not rows[0][0]

    def record_workloads(self, records: Mapping[Key, Record]) -> None:
        """Remember these records in place of earlier ones, all or none."""
        self._finished.note(records)
        rows = [(key.kind, key.namespace, key.name, record_to_text(record)) for key, record in sorted(records.items())]
        self._write("INSERT OR REPLACE INTO workload VALUES (?, ?, ?, ?)", rows)

    def forget_workloads(self, workloads: frozenset[Key]) -> None:
        """Forget workloads that are gone."""
        self._finished.forget(workloads)
        rows = [(key.kind, key.namespace, key.name) for key in sorted(workloads)]
        self._write("DELETE FROM workload WHERE kind = ? AND namespace = ? AND name = ?", rows)

    def interventions(self) -> tuple[Intervention, ...] | None:
        """Interventions in force, sorted. None when they cannot be read, and so are unknown."""
        try:
            with self._lock, closing(self._connection.cursor()) as cursor:
                return orders_table.orders_of(cursor.execute(orders_table.READ))
        except sqlite3.Error as error:
            log.warning("interventions could not be read: %s", error)
            return None

    def give_intervention(self, order: Intervention) -> None:
        """Write an intervention down for the daemon. Raises `ConfigError` when that fails: a person relies on it."""
        self._tell(orders_table.GIVE, [orders_table.row_of(order)])

    def take_back(self, interventions: Iterable[Intervention]) -> None:
        """Lift them for a person. Raises `ConfigError` when that fails."""
        self._tell(orders_table.LIFT, orders_table.rows_to_lift(interventions))

    def _tell(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._lock, self._connection:
                if self._why_not_open:
                    raise sqlite3.OperationalError(self._why_not_open)
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise ConfigError(f"the order could not be written: {error}", "nothing was changed; try again") from error

    def withdraw_interventions(self, interventions: Iterable[Intervention]) -> None:
        """Forget these interventions; unlike with `take_back`, no harm is done if that has to be repeated."""
        self._write(orders_table.LIFT, orders_table.rows_to_lift(interventions))

    def others_writes(self) -> int:
        """A number that is another one after another process, but not this one, has written into the database."""
        rows = self._read("PRAGMA data_version")
        return int(rows[0][0]) if rows else 0

    def since(self) -> Mapping[str, float]:
        """When what goes on for long began, by its name."""
        return {str(name): float(since) for name, since in self._read("SELECT name, since FROM lasting")}

    def record_since(self, names: frozenset[str], at: float) -> None:
        """Remember that these conditions began now."""
        self._write("INSERT OR REPLACE INTO lasting VALUES (?, ?)", [(name, at) for name in sorted(names)])

    def forget_since(self, names: frozenset[str]) -> None:
        """Forget conditions that are over."""
        self._write("DELETE FROM lasting WHERE name = ?", [(name,) for name in sorted(names)])

    def resized(self) -> Mapping[str, str]:
        """Templates that bare pods were brought to where they stand, as JSON by UID."""
        return {str(uid): str(template) for uid, template in self._read("SELECT uid, template FROM resized")}

    def record_resized(self, templates: Mapping[str, str]) -> None:
        """Remember the templates that these pods are brought to."""
        self._write("INSERT OR REPLACE INTO resized VALUES (?, ?)", sorted(templates.items()))

    def forget_resized(self, uids: frozenset[str]) -> None:
        """Forget pods that are gone."""
        self._write("DELETE FROM resized WHERE uid = ?", [(uid,) for uid in sorted(uids)])

    def health(self) -> Mapping[str, Health]:
        """Health of containers, by their ids."""
        rows = self._read("SELECT * FROM health ORDER BY container")
        return {container: Health(*facts) for container, *facts in rows}

    def record_health(self, health: Mapping[str, Health]) -> None:
        """Remember what was learnt of these containers."""
        rows = [(container, *astuple(each)) for container, each in sorted(health.items())]
        self._write("INSERT OR REPLACE INTO health VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def forget_health(self, containers: frozenset[str]) -> None:
        """Forget containers that are gone."""
        self._write("DELETE FROM health WHERE container = ?", [(each,) for each in sorted(containers)])

    def image_digests(self) -> Mapping[str, ImageDigest]:
        """The digests of followed tags, by reference."""
        return dict(map(images.digest_of, self._read(images.READ_DIGESTS)))

    def record_image_digest(self, reference: str, digest: ImageDigest) -> None:
        """Remember what a tag names."""
        self._write(images.RECORD_DIGEST, [(reference, *astuple(digest))])

    def forget_image_digests(self, references: frozenset[str]) -> None:
        """Forget tags that nobody follows any more."""
        self._write(images.FORGET_DIGEST, [(each,) for each in sorted(references)])

    def pulls(self, now: float) -> Mapping[str, PullProgress]:
        """Progress of the pulls of another process."""
        return dict(map(images.progress_of, self._read(images.READ_PULLS, (now - images.PULL_FRESH_FOR,))))

    def record_pulls(self, pulls: Mapping[str, PullProgress], now: float) -> None:
        """Tell others how far these pulls have come."""
        rows = [(reference, *astuple(progress), now) for reference, progress in sorted(pulls.items())]
        self._write(images.RECORD_PULL, rows)

    def forget_pulls(self, references: frozenset[str]) -> None:
        """Forget pulls that are over."""
        self._write(images.FORGET_PULL, [(each,) for each in sorted(references)])

    def conditions(self) -> Mapping[NodeCondition, HeldCondition]:
        """The node's conditions, as the last look found them."""
        rows = self._read("SELECT name, since, met_at FROM node_condition ORDER BY name")
        known = set(NodeCondition)
        return {NodeCondition(name): HeldCondition(since, at) for name, since, at in rows if name in known}

    def record_conditions(self, conditions: Mapping[NodeCondition, HeldCondition]) -> None:
        """Remember these; others are forgotten."""
        gone = [(name.value,) for name in sorted(set(NodeCondition) - conditions.keys())]
        self._write("DELETE FROM node_condition WHERE name = ?", gone)
        rows = [(name.value, held.since, held.met_at) for name, held in sorted(conditions.items())]
        self._write("INSERT OR REPLACE INTO node_condition VALUES (?, ?, ?)", rows)

    def brought_images(self) -> frozenset[str]:
        """Images that are on the engine because we pulled them."""
        return frozenset(str(reference) for (reference,) in self._read("SELECT reference FROM brought_image"))

    def record_brought_images(self, references: frozenset[str]) -> None:
        """Remember that we pulled them."""
        self._write("INSERT OR REPLACE INTO brought_image VALUES (?)", [(each,) for each in sorted(references)])

    def forget_brought_images(self, references: frozenset[str]) -> None:
        """Forget images that are gone."""
        self._write("DELETE FROM brought_image WHERE reference = ?", [(each,) for each in sorted(references)])

    def _read(self, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows of the answer. A failed read is logged and done without, as if nothing had ever been written."""
        try:
            with self._lock, closing(self._connection.cursor()) as cursor:
                return cursor.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            log.warning("the state could not be read: %s", error)
            return []

    def catch_up(self) -> None:
        """Write what could not be written before; free when there is nothing to write."""
        if self._owed or self._why_not_open:
            self._write_owed()
        self._finished.catch_up()

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Write all rows or none. A failure (a full disk) is logged and done without: pods matter more."""
        owed = (statement, tuple(rows))
        self._owed.append(owed)
        if self._why_not_open:
            with self._lock:
                self._carry_out([owed])  # in the copy: for ourselves it counts already
        self._write_owed()

    def _write_owed(self) -> None:
        with self._lock:
            if self._why_not_open:
                self._open_again()
            if not self._why_not_open and self._carry_out(self._owed):
                self._owed.clear()
                self._waiting = [task for task in self._waiting if not task()]

    def _carry_out(self, owed: Sequence[tuple[str, tuple[tuple[object, ...], ...]]]) -> bool:
        """Whether these need not be kept in mind any more."""
        try:
            with self._connection:
                # Without it every row would be a transaction of its own.
                self._connection.execute("BEGIN IMMEDIATE")
                for statement, rows in owed:
                    self._connection.executemany(statement, rows)
        except sqlite3.OperationalError as error:
            if len(owed) == 1:
                log.warning("the state could not be written: %s; it is kept in mind until it can", error)
            return False  # there will be room again
        except sqlite3.Error as error:
            log.warning("the state could not be written: %s", error)
        return True

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()
