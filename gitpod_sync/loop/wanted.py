"""What Git wants, as far as it is valid: the newest revision of every source, or the last good one."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from gitpod_sync.manifests.diagnostics import Diagnostic, Severity, counted
from gitpod_sync.manifests.load import DocumentCache, load_revisions
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History

log = logging.getLogger(__name__)


class Wanted:
    """Fed by the threads that follow the sources, read by the one that decides.

    A revision with an error changes nothing: what was wanted before stays wanted. Nothing is wanted (`desired` is None)
    until every source has given a revision once; None is never taken for "no pods".
    """

    def __init__(
        self,
        sources: Sequence[SourceSpec],
        history: History,
        clock: Callable[[], float],
        ring: Callable[[], None],
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        self._sources = tuple(spec.name for spec in sources)
        self._keys = {spec.name: spec.key for spec in sources}
        self._history = history
        self._clock = clock
        self._ring = ring
        self._policy = policy
        self._lock = threading.Lock()
        self._cache = DocumentCache()
        self._newest: dict[str, Revision] = {}
        self._last_good: dict[str, Revision] = {}
        self.desired: Desired | None = None

    def remember_last_good(self, revision: Revision) -> None:
        """The revision of a source that was accepted before we started: it serves when the newest cannot be used."""
        with self._lock:
            self._last_good[revision.source] = revision

    def offer(self, revision: Revision) -> None:
        """A source has a new revision."""
        with self._lock:
            self._newest[revision.source] = revision
            self._load()

    def make_do(self, source: str) -> None:
        """The source cannot be read: until it can, its last good revision counts as its newest."""
        with self._lock:
            if source not in self._newest and source in self._last_good:
                self._newest[source] = self._last_good[source]
                self._load()

    def _load(self) -> None:
        if len(self._newest) < len(self._sources):
            return
        if self._accept(self._newest):
            return
        if self.desired is None and len(self._last_good) == len(self._sources):
            self._accept(self._last_good)
        self._record_refused()
        if self.desired is not None:
            log.error("the last good revision, %s, stays in force", self.desired.short_commit)

    def _record_refused(self) -> None:
        good = {name: revision.commit for name, revision in self._last_good.items()}
        newest = {name: revision.commit for name, revision in self._newest.items()}
        refused = {name: commit for name, commit in newest.items() if commit != good.get(name)} or newest
        self._history.record_refused_revisions({self._keys[name]: commit for name, commit in refused.items()})

    def _accept(self, revisions: Mapping[str, Revision]) -> bool:
        # What may not change is held against what was accepted before.
        previous = [] if revisions is self._last_good else list(self._last_good.values())
        newest = [revisions[name] for name in self._sources]
        loaded = load_revisions(newest, self._cache, self._policy, previous)
        report(loaded.diagnostics)
        if loaded.desired is None:
            return False
        commits = {self._keys[name]: revision.commit for name, revision in revisions.items()}
        log.info("revision %s is in force: %s", loaded.desired.short_commit, counted(len(loaded.seen), "object"))
        self.desired = loaded.desired
        self._last_good = dict(revisions)
        self._history.record_good_revisions(commits, self._clock())
        self._ring()
        return True


def report(diagnostics: Sequence[Diagnostic]) -> None:
    """Diagnostics to the log, a line each."""
    levels = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.NOTE: logging.INFO}
    for diagnostic in diagnostics:
        log.log(levels[diagnostic.severity], "%s", diagnostic)
