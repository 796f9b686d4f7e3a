"""What Git wants, as far as it is valid: of every source the newest revision, or the last good one."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from gitpod_sync.loop.in_force import commits_of, nothing_yet, refused_of, tell_refused
from gitpod_sync.manifests.accept import Acceptance, accept
from gitpod_sync.manifests.diagnostics import Diagnostic, Severity, counted
from gitpod_sync.manifests.load import DocumentCache
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from gitpod_sync.status.revisions import RefusedRevision

log = logging.getLogger(__name__)


class Wanted:
    """Fed by the threads that follow the sources, read by the one that decides.

    A revision with an error changes nothing of its source, and the other sources go on. Nothing is wanted (`desired` is
    None) until every source was heard of and has something that can be in force; None is never taken for "no pods".
    """

    def __init__(
        self,
        sources: Sequence[SourceSpec],
        history: History,
        clock: Callable[[], float],
        ring: Callable[[], None],
        policy: Policy = DEFAULT_POLICY,
        keep: Callable[[Mapping[str, Revision]], None] = lambda _revisions: None,
    ) -> None:
        """`keep` is called with what is in force, by source, before that counts."""
        self._sources = tuple(sources)
        self._names = tuple(spec.name for spec in sources)
        self._history = history
        self._clock = clock
        self._ring = ring
        self._policy = policy
        self._keep = keep
        self._lock = threading.Lock()
        self._cache = DocumentCache()
        self._unheard = set(self._names)
        self._newest: dict[str, Revision] = {}
        self._in_force = nothing_yet(sources, history.good_revisions())
        self._refused: Mapping[str, RefusedRevision] = {}
        self.desired: Desired | None = None

    def remember_last_good(self, revision: Revision) -> None:
        """What was in force of a source before we started; told before anything else of that source."""
        with self._lock:
            self._in_force[revision.source] = revision

    def offer(self, revision: Revision) -> None:
        """A source has a new revision."""
        with self._lock:
            self._unheard.discard(revision.source)
            self._newest[revision.source] = revision
            self._load()

    def make_do(self, source: str) -> None:
        """The source cannot be read: until it can, what is in force of it stays."""
        with self._lock:
            if source in self._unheard:
                self._unheard.discard(source)
                self._load()

    def _load(self) -> None:
        if self._unheard or self._newest.keys() | self._in_force.keys() < set(self._names):
            return
        acceptance = accept(self._names, self._in_force, self._newest, self._cache, self._policy)
        if acceptance.loaded.desired is not None:
            self._take(acceptance, acceptance.loaded.desired)
        self._tell_refused(acceptance)

    def _take(self, acceptance: Acceptance, desired: Desired) -> None:
        before = {name: revision.commit for name, revision in self._in_force.items()}
        after = {name: revision.commit for name, revision in acceptance.revisions.items()}
        if self.desired is not None and before == after:
            return
        report(acceptance.loaded.diagnostics)
        log.info("revision %s is in force: %s", desired.short_commit, counted(len(acceptance.loaded.seen), "object"))
        self._keep(acceptance.revisions)
        self.desired = desired
        self._in_force = dict(acceptance.revisions)
        self._history.record_good_revisions(commits_of(self._sources, acceptance.revisions), self._clock())
        self._ring()

    def _tell_refused(self, acceptance: Acceptance) -> None:
        before, self._refused = self._refused, refused_of(self._sources, acceptance, self._clock())
        for spec in self._sources:
            refused, known = self._refused.get(spec.key), before.get(spec.key)
            if refused and (known is None or (known.commit, known.findings) != (refused.commit, refused.findings)):
                report(acceptance.refused[spec.name].errors)
                in_force = self._in_force[spec.name].commit if spec.name in self._in_force else None
                log.error("%s", tell_refused(spec, refused, in_force, self._sources))
        self._history.record_refused_revisions(self._refused)


def report(diagnostics: Sequence[Diagnostic]) -> None:
    """Diagnostics to the log, a line each."""
    levels = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.NOTE: logging.INFO}
    for diagnostic in diagnostics:
        log.log(levels[diagnostic.severity], "%s", diagnostic)
