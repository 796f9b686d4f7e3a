"""The choice of the sources' newest revisions that can be in force together. Pure.

A source whose newest revision is in the wrong is refused by itself: what is in force of it stays, and the others go on.
What belongs together (an object that moves from one source to another, a reference and what it names) is taken
together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic, in_order
from gitpod_sync.manifests.load import DocumentCache, Loaded, load_revisions
from gitpod_sync.manifests.policy import DEFAULT_POLICY, Policy
from gitpod_sync.model.revision import Revision


@dataclass(frozen=True, slots=True)
class Refusal:
    """A revision that changes nothing, and the errors for which it is refused."""

    revision: Revision
    errors: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`revisions` are in force from now on, by source, and `loaded` is what they ask for together.

    When no choice is valid `loaded` asks for nothing, and `revisions` is empty. `refused` are the sources whose newest
    revision is not in force, and why. `shown` are the revisions that all diagnostics speak of.
    """

    loaded: Loaded
    revisions: Mapping[str, Revision]
    refused: Mapping[str, Refusal]
    shown: tuple[Revision, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything that is said, about revisions in force and refused ones."""
        refused = (error for refusal in self.refused.values() for error in refusal.errors)
        return in_order([*self.loaded.diagnostics, *refused])


def accept(
    sources: Sequence[str],
    in_force: Mapping[str, Revision],
    newest: Mapping[str, Revision],
    cache: DocumentCache | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Acceptance:
    """The most of `newest` that is valid beside what is `in_force` of the other sources.

    Every one of `sources`, which are in the order of the configuration, is in one of the two. Of two sources that
    exclude each other the one that brings nothing new is right; if both do, the one that has the object in force, then
    the earlier one.
    """
    cache = cache or DocumentCache()
    moved = [name for name in sources if name in newest and _has_moved(in_force.get(name), newest[name])]
    trials = _Trials(sources=sources, in_force=in_force, newest=newest, cache=cache, policy=policy)
    loaded, chosen = _without_those_in_the_wrong(trials, moved)
    refused: dict[str, Refusal] = {}
    if loaded.desired is not None:
        loaded, chosen, refused = _with_those_that_can_be_added(trials, loaded, chosen, moved)
    elif loaded.faulty:
        refused = {name: Refusal(trials.revision(name, chosen), _errors(loaded)) for name in sorted(loaded.faulty)}
    cache.forget_unused()
    revisions = {name: trials.revision(name, chosen) for name in sources} if loaded.desired is not None else {}
    shown = tuple(trials.revision(name, frozenset(moved)) for name in sources)
    return Acceptance(loaded, revisions, refused, shown)


@dataclass(slots=True, kw_only=True)
class _Trials:
    """Loads the newest revision of some sources with what is in force of the others, each choice once."""

    sources: Sequence[str]
    """Names, in the order of the configuration."""
    in_force: Mapping[str, Revision]
    """By source, the revision in force until now; a new source has none."""
    newest: Mapping[str, Revision]
    """By source, the newest revision."""
    cache: DocumentCache
    """Documents that were read before."""
    policy: Policy
    """How manifests are read."""
    _loaded: dict[tuple[frozenset[str], frozenset[str]], Loaded] = field(default_factory=dict)
    """What was loaded, by the sources that were tried at their newest and the newcomers among them."""

    def load(self, chosen: frozenset[str], newcomers: frozenset[str]) -> Loaded:
        key = (chosen, newcomers)
        if key not in self._loaded:
            revisions = [self.revision(name, chosen) for name in self.sources]
            before = list(self.in_force.values())
            self._loaded[key] = load_revisions(revisions, self.cache, self.policy, before, newcomers)
        return self._loaded[key]

    def revision(self, name: str, chosen: frozenset[str]) -> Revision:
        return self.newest[name] if name in chosen or name not in self.in_force else self.in_force[name]


def _without_those_in_the_wrong(trials: _Trials, moved: Iterable[str]) -> tuple[Loaded, frozenset[str]]:
    """The moved sources without those to blame, step by step, until the rest is valid or nothing is left."""
    chosen = frozenset(moved)
    while True:
        loaded = trials.load(chosen, chosen)
        # What has nothing in force cannot be done without.
        free = chosen & trials.in_force.keys()
        if loaded.desired is not None or not free:
            return loaded, chosen
        # A source may be in the wrong where another one shows it: by taking away what that refers to.
        chosen -= (loaded.faulty & free) or {max(free, key=trials.sources.index)}


def _with_those_that_can_be_added(
    trials: _Trials, loaded: Loaded, chosen: frozenset[str], moved: Sequence[str]
) -> tuple[Loaded, frozenset[str], dict[str, Refusal]]:
    """Sources that were only in the wrong beside another refused one, and why the rest is refused."""
    refused: dict[str, Refusal] = {}
    while True:
        left = [name for name in moved if name not in chosen]
        for name in left:
            tried = trials.load(chosen | {name}, frozenset({name}))
            if tried.desired is not None:
                loaded, chosen = tried, chosen | {name}
                refused.pop(name, None)
            else:
                refused[name] = Refusal(trials.newest[name], _errors(tried))
        if left == [name for name in moved if name not in chosen]:
            return loaded, chosen, refused


def _has_moved(in_force: Revision | None, newest: Revision) -> bool:
    return in_force is None or in_force.commit != newest.commit


def _errors(loaded: Loaded) -> tuple[Diagnostic, ...]:
    return tuple(each for each in loaded.diagnostics if each.severity is Severity.ERROR)
