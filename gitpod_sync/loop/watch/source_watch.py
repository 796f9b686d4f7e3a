"""A thread a source: fetches when something may have changed, and now and then anyway."""

import logging
import random
import threading
import time
from contextlib import closing

from gitpod_sync.errors import SourceError
from gitpod_sync.loop.revisions.desired_state import DesiredState
from gitpod_sync.redaction import redact
from gitpod_sync.sources.protocol import Source
from gitpod_sync.sources.schedule import compute_next_fetch
from gitpod_sync.sources.spec import SourceSpec

log = logging.getLogger(__name__)


class Follower:
    """Follows one source until it is stopped. A source that cannot be read is reported once, not at every try."""

    def __init__(self, spec: SourceSpec, source: Source, wanted: DesiredState, last_good: str | None) -> None:
        self._spec = spec
        self._source = source
        self._wanted = wanted
        self._last_good = last_good
        self._seen = ""
        self._changed = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True, name=f"source {spec.name}")

    def start(self) -> None:
        """Begin following."""
        self._thread.start()

    def stop(self) -> None:
        """End it; a fetch under way is not waited for."""
        self._stopped.set()
        self._changed.set()

    def _follow(self) -> None:
        self._remember_last_good()
        failures = 0
        while not self._stopped.is_set():
            # Opened anew now and then: a repository that was made again is another folder under the old name.
            with closing(self._source.watch(self._changed.set)):
                failures = self._look_until_quiet(failures)

    def _look_until_quiet(self, failures: int) -> int:
        """Fetch at once and after every change, until nothing was seen for a poll's time. The failures in a row."""
        while not self._stopped.is_set():
            self._changed.clear()
            failures = 0 if self._look(first_failure=failures == 0) else failures + 1
            now = time.monotonic()
            if not self._changed.wait(compute_next_fetch(now, self._spec, failures, random.random()) - now):  # noqa: S311
                break
        return failures

    def _look(self, *, first_failure: bool) -> bool:
        """Fetch, and pass on what is new. False when the source cannot be read."""
        try:
            revision = self._source.fetch()
            if revision.commit != self._seen:
                self._wanted.offer(revision)
        except Exception as error:  # noqa: BLE001 - whatever it was, this thread goes on: it sees the next push
            if first_failure:
                told = str(error) if isinstance(error, SourceError) else redact(f"{type(error).__name__}: {error}")
                log.error("source %s: %s; what is in force stays, and it is tried again", self._spec.name, told)  # noqa: TRY400
            self._wanted.fall_back(self._spec.name)
            return False
        self._seen = revision.commit
        return True

    def _remember_last_good(self) -> None:
        if self._last_good is None:
            return
        try:
            self._wanted.remember_last_good(self._source.revision(self._last_good))
        except Exception as error:  # noqa: BLE001 - as in `_look`
            log.warning("source %s: the last good revision cannot be read: %s", self._spec.name, redact(str(error)))
