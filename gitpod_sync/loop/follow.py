"""A thread a source: fetches when something may have changed, and now and then anyway."""

import logging
import random
import threading
import time

from gitpod_sync.errors import SourceError
from gitpod_sync.loop.wanted import Wanted
from gitpod_sync.sources.protocol import Source
from gitpod_sync.sources.schedule import compute_next_fetch
from gitpod_sync.sources.spec import SourceSpec

log = logging.getLogger(__name__)


class Follower:
    """Follows one source until it is stopped. A source that cannot be read is reported once, not at every try."""

    def __init__(self, spec: SourceSpec, source: Source, wanted: Wanted, last_good: str | None) -> None:
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
        watch = self._source.watch(self._changed.set)
        try:
            failures = 0
            while not self._stopped.is_set():
                self._changed.clear()
                failures = 0 if self._look(first_failure=failures == 0) else failures + 1
                now = time.monotonic()
                self._changed.wait(compute_next_fetch(now, self._spec, failures, random.random()) - now)  # noqa: S311
        finally:
            watch.close()

    def _look(self, *, first_failure: bool) -> bool:
        """Fetch, and pass on what is new. False when the source cannot be read."""
        try:
            revision = self._source.fetch()
        except SourceError as error:
            if first_failure:
                log.error("source %s: %s; what is in force stays, and it is tried again", self._spec.name, error)  # noqa: TRY400
            self._wanted.make_do(self._spec.name)
            return False
        if revision.commit != self._seen:
            self._seen = revision.commit
            self._wanted.offer(revision)
        return True

    def _remember_last_good(self) -> None:
        if self._last_good is None:
            return
        try:
            self._wanted.remember_last_good(self._source.revision(self._last_good))
        except SourceError as error:
            log.warning("source %s: the last good revision cannot be read: %s", self._spec.name, error)
