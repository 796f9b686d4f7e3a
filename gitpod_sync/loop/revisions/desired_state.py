"""Git's state as far as it is valid: of each source the newest revision, or the last good one."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from gitpod_sync.errors import EngineUnavailable
from gitpod_sync.loop.revisions.admission import Admission, admit
from gitpod_sync.loop.revisions.guard import Guard, allowed_sources, layouts_in_force, with_keys
from gitpod_sync.loop.revisions.in_force import nothing_yet, record_in_force, refused_of, tell_refused
from gitpod_sync.manifests.accept import Acceptance, accept
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, counted
from gitpod_sync.manifests.load import DocumentCache, load_revisions
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.desired import Desired
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.removal import Removal
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from gitpod_sync.status.revisions import RefusedRevision

log = logging.getLogger(__name__)


class DesiredState:
    """The state that Git asks for, fed by the threads that follow the sources and read by the deciding thread.

    A revision with an error changes nothing of its source, and the other sources go on. Nothing is wanted (`desired` is
    None) until every source was heard of and has a revision that can be in force; None is never taken for "no pods".
    """

    def __init__(
        self,
        sources: Sequence[SourceSpec],
        history: History,
        clock: Callable[[], float],
        ring: Callable[[], None],
        policy: Policy = DEFAULT_POLICY,
        keep: Callable[[Mapping[str, Revision]], None] = lambda _revisions: None,
        guard: Guard | None = None,
    ) -> None:
        """`keep` is called with what is in force, by source, before that counts; `guard` is asked what may go."""
        self._sources = tuple(sources)
        self._names = tuple(spec.name for spec in sources)
        self._history = history
        self._clock = clock
        self._ring = ring
        self._policy = policy
        self._keep = keep
        self._guard = guard or Guard(history, allowed_sources(sources), tuple)
        self._lock = threading.Lock()
        self._cache = DocumentCache()
        self._unheard = set(self._names)
        self._newest: dict[str, Revision] = {}
        self._in_force = nothing_yet(sources, history.good_revisions())
        self._refused: Mapping[str, RefusedRevision] = {}
        self._layouts: tuple[Layout, ...] = ()
        self._held: tuple[Removal, ...] = ()
        self.undecided = False
        """Whether the engine has to tell what runs before anything can be taken for wanted."""
        self.desired: Desired | None = None

    def remember_last_good(self, revision: Revision) -> None:
        """Take the revision that was in force before we started; called before anything else about its source."""
        with self._lock:
            self._in_force[revision.source] = revision

    def offer(self, revision: Revision) -> None:
        """A source has a new revision."""
        with self._lock:
            self._unheard.discard(revision.source)
            self._newest[revision.source] = revision
            self._load()

    def fall_back(self, source: str) -> None:
        """Keep what is in force of a source that cannot be read, until it can."""
        with self._lock:
            if source in self._unheard:
                self._unheard.discard(source)
                self._load()

    def look_again(self) -> None:
        """At what waits for a person's word, if it has been given, and at what the engine could not tell of."""
        if self.undecided or (self._held and self._guard.approves(self._held)):
            with self._lock:
                self._load()

    def _load(self) -> None:
        if self._unheard or self._newest.keys() | self._in_force.keys() < set(self._names):
            return
        try:
            admission = self._admit(self._policy)
        except EngineUnavailable as error:
            self._tell_undecided(error)
            return
        self.undecided = False
        if not admission.is_free:
            admission = self._admit_by_former_patterns() or admission
        desired = admission.acceptance.loaded.desired
        if desired is not None and admission.is_free:
            self._take(admission, desired)
        self._tell_refused(admission.acceptance)
        # What came into force by former patterns is not what the policy takes things away from.
        self._tell_held(admission.held if admission.is_by(self._policy) else self._admit(self._policy).held)

    def _admit_by_former_patterns(self) -> Admission | None:
        """Let the patterns in force go on choosing files, while what new patterns would remove is not permitted."""
        policy = self._policy
        in_force = next((layout.patterns for layout in self._layouts_in_force()), None)
        if in_force is None or in_force == (policy.include, policy.exclude):
            return None
        include, exclude = in_force
        former = self._admit(replace(policy, include=include, exclude=exclude))
        return former if former.is_free else None

    def _admit(self, policy: Policy) -> Admission:
        def accept_some(newest: Mapping[str, Revision]) -> Acceptance:
            return accept(self._names, self._in_force, newest, self._cache, policy)

        known = self._layouts_in_force()
        return admit(accept_some, self._newest, self._in_force, self._guard, self._sources, known)

    def _layouts_in_force(self) -> Sequence[Layout]:
        """Layouts that this process has taken, written down or not; else those of an earlier process."""
        return self._layouts or layouts_in_force(self._history, self._read_again)

    def _read_again(self) -> Iterable[Layout]:
        return with_keys(load_revisions(list(self._in_force.values()), policy=self._policy).layouts, self._sources)

    def _take(self, admission: Admission, desired: Desired) -> None:
        if self.desired is not None and self._layouts == admission.layouts:
            return
        acceptance, self._layouts = admission.acceptance, admission.layouts
        report(acceptance.loaded.diagnostics)
        log.info("revision %s is in force: %s", desired.short_commit, counted(len(acceptance.loaded.seen), "object"))
        self._keep(acceptance.revisions)
        self._in_force = dict(acceptance.revisions)
        self.desired = record_in_force(self._history, self._sources, acceptance.revisions, desired, self._clock())
        self._guard.enforce(admission.layouts)
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

    def _tell_undecided(self, error: EngineUnavailable) -> None:
        if not self.undecided:
            log.error(
                "what is in force is not known, and the engine does not say what runs: %s; it is asked again", error
            )
        self.undecided = True

    def _tell_held(self, held: tuple[Removal, ...]) -> None:
        before, self._held = self._held, held
        names = {spec.key: spec.name for spec in self._sources}
        for removal in held:
            if removal not in before:
                whose = f"source {names[removal.source]}: " if removal.source in names and len(names) > 1 else ""
                stays = "it stays" if self.desired is not None else "nothing is done until somebody has"
                permitted = f"correct it, or permit it with `gitpod-sync approve {removal.hash}`"
                log.error("%s%s; nobody has asked for that, and %s; %s", whose, removal.told, stays, permitted)
        self._guard.hold(held)


def report(diagnostics: Sequence[Diagnostic]) -> None:
    """Diagnostics to the log, a line each."""
    levels = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING, Severity.NOTE: logging.INFO}
    for diagnostic in diagnostics:
        log.log(levels[diagnostic.severity], "%s", diagnostic)
