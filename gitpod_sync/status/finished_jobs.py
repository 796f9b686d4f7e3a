"""Finished Jobs, a second time: a small file beside the database, so that no Job runs again when that is lost.

An engine has no place for them: pruning takes stopped containers, volumes, networks and images, and a container that
runs for no other purpose is a price, and is stopped by the next reboot all the same.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.job_records import JobRecord
from gitpod_sync.model.records.records import Record, record_from_text, record_to_text

log = logging.getLogger(__name__)


class FinishedJobs:
    """One file, with a JSON object (a Job) on each line. It is written whole beside its place first, and never half."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _read(path)
        self._owed = False
        """The file is not as it should be: the last write was refused."""

    def records(self) -> Mapping[Key, Record]:
        """The end of each finished Job."""
        read = {key: record_from_text(key.kind, text) for key, text in self._lines.items()}
        return {key: record for key, record in read.items() if record is not None}

    def note(self, records: Mapping[Key, Record]) -> None:
        """Write down the finished Jobs among the records, and take out Jobs that have begun anew."""
        lines = dict(self._lines)
        for key, record in records.items():
            if isinstance(record, JobRecord) and record.end:
                lines[key] = record_to_text(record)
            else:
                lines.pop(key, None)
        self._become(lines)

    def forget(self, jobs: frozenset[Key]) -> None:
        """Take out Jobs that are no longer in Git."""
        self._become({key: text for key, text in self._lines.items() if key not in jobs})

    def catch_up(self) -> None:
        """Write what could not be written before; free when there is nothing to write."""
        if self._owed:
            self._write()

    def _become(self, lines: Mapping[Key, str]) -> None:
        if lines != self._lines:
            self._lines = dict(lines)
            self._write()

    def _write(self) -> None:
        """Write the file. A failure (a full disk) is logged, and made up for later: the database has it as well."""
        try:
            self._save(self._lines)
        except OSError as error:
            if not self._owed:
                log.warning("finished Jobs could not be written to %s: %s", self._path, error)
            self._owed = True
            return
        self._owed = False

    def _save(self, lines: Mapping[Key, str]) -> None:
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(f"{_line(key, text)}\n" for key, text in sorted(lines.items()))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _line(key: Key, text: str) -> str:
    return json.dumps({"kind": key.kind, "namespace": key.namespace, "name": key.name, "record": json.loads(text)})


def _read(path: Path) -> dict[Key, str]:
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("finished Jobs could not be read from %s: %s", path, error)
        return {}
    found = {}
    for line in written:
        try:
            entry = json.loads(line)
            found[Key(entry["kind"], entry["namespace"], entry["name"])] = json.dumps(entry["record"])
        except (ValueError, KeyError, TypeError):
            log.warning("a line of %s cannot be understood and is passed over", path)
    return found
