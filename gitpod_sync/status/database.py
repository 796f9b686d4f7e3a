"""The file of the state database: opened to be written, or read without leaving a trace.

It is in WAL mode, so that others read while the daemon writes; the price is that SQLite makes files beside it for
whoever opens it. A reader that must not write takes a copy into memory instead.
"""

import logging
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from shutil import copyfile

from gitpod_sync.errors import ConfigError
from gitpod_sync.model.records.event import alike

log = logging.getLogger(__name__)

VERSION = 1
"""Counts changes that an older program would not understand; a table more is none."""

_TRIES = 5
_BESIDE = ("-wal", "-shm")


def open_database(path: Path, schema: str) -> sqlite3.Connection:
    """The database, made when it is missing, and anew when it is damaged.

    A damaged file loses history, and pods need looking after now. Raises `ConfigError` for a database that a newer
    program has made, and `sqlite3.OperationalError` or `OSError` where the place takes nothing.
    """
    try:
        return _open(path, schema)
    except sqlite3.OperationalError:
        raise  # the place is at fault: no permission, no space
    except sqlite3.DatabaseError as error:
        aside = path.with_suffix(".damaged")
        log.warning("the state in %s is damaged (%s); it begins anew, the old file is %s", path, error, aside)
        path.replace(aside)
        for leftover in _beside(path):
            leftover.unlink(missing_ok=True)
        return _open(path, schema)


def read_database(path: Path, schema: str) -> sqlite3.Connection:
    """A copy in memory of the readable part; nothing is written, and no file is made.

    Raises `ConfigError` for a database that a newer program has made.
    """
    memory = _connect(":memory:")
    try:
        if path.exists():
            _copy(path, memory)
            _check(memory, path)
    except (sqlite3.Error, OSError) as error:
        log.warning("the state in %s cannot be read: %s; what only it tells is not known", path, error)
        memory.close()
        memory = _connect(":memory:")
    memory.executescript(schema)
    return memory


def _open(path: Path, schema: str) -> sqlite3.Connection:
    connection = _connect(str(path))
    try:
        # Before anything that would write into it.
        _check(connection, path)
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        connection.executescript(f"{schema} PRAGMA user_version={VERSION};")
    except (sqlite3.Error, ConfigError):
        connection.close()
        raise
    return connection


def _connect(database: str, *, uri: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None, timeout=5, uri=uri)
    connection.create_function("alike", 1, alike, deterministic=True)
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise ConfigError(
            f"the state in {path} was written by a newer gitpod-sync: it is of version {version}, "
            f"and this one reads versions up to {VERSION}",
            "use the newer one; or move the file away, and its history is lost, but no pod",
        )


def _copy(path: Path, memory: sqlite3.Connection) -> None:
    """Copy the database as it is at one moment, whatever others do to it meanwhile."""
    for _ in range(_TRIES):
        before = _signature(path)
        if all(each.exists() for each in _beside(path)):
            # Somebody has it open, or had when he was killed: SQLite makes no file then, and heeds the locks.
            with suppress(sqlite3.OperationalError):
                return _take(f"{path.absolute().as_uri()}?mode=ro", memory)
        if _size(_beside(path)[0]):
            # What was not brought home from the log by one who was killed is brought home in the copy.
            with tempfile.TemporaryDirectory(prefix="gitpod-sync-") as folder:
                copy = Path(folder, path.name)
                copyfile(path, copy)
                copyfile(_beside(path)[0], _beside(copy)[0])
                _take(copy.as_uri(), memory)
        else:
            _take(f"{path.absolute().as_uri()}?immutable=1", memory)
        if _signature(path) == before:
            return None
    raise sqlite3.OperationalError("it changes all the time")


def _take(uri: str, memory: sqlite3.Connection) -> None:
    with closing(_connect(uri, uri=True)) as source:
        source.backup(memory)


def _beside(path: Path) -> tuple[Path, Path]:
    log_file, index = (path.with_name(f"{path.name}{suffix}") for suffix in _BESIDE)
    return log_file, index


def _signature(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, _size(_beside(path)[0])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
