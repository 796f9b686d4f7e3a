"""The guard of removals: what a revision would remove unasked needs a word of a person, and nothing else does."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from gitpod_sync.engines.protocol import Observer
from gitpod_sync.manifests.removals import compute_removals
from gitpod_sync.model.base.instance import Instance
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.grouping import group_pods
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.records.interventions import Intervention, Verb, source_key
from gitpod_sync.model.removal import Removal
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History

Inventory = Callable[[], Iterable[Key]]


class Guard:
    """Holds layouts, whose sources are named as the history names them, against what is in force.

    `allowed` are the sources that may lose anything, by the configuration or a flag. The `inventory` is asked when it
    is not known what is in force, and no workload is asked for.
    """

    def __init__(self, history: History, allowed: Collection[str], inventory: Inventory) -> None:
        self._history = history
        self._allowed = frozenset(allowed)
        self._inventory = inventory

    def held(self, newest: Sequence[Layout], in_force: Sequence[Layout]) -> tuple[Removal, ...]:
        """Removals that would happen unasked and unpermitted. An empty `in_force` means that it is unknown.

        Raises `EngineUnavailable` where the engine has to be asked.
        """
        removals = compute_removals(in_force or self._found(newest), newest)
        approved = self._approved(removals)
        return tuple(each for each in removals if each not in approved and not self._allows(each.source, newest))

    def approves(self, held: Collection[Removal]) -> bool:
        """Whether a person has approved one of them meanwhile."""
        return bool(self._approved(held))

    def enforce(self, newest: Sequence[Layout]) -> None:
        """Note the layouts that are in force from now on."""
        self._history.record_in_force(newest)

    def hold(self, removals: Sequence[Removal]) -> None:
        """Note the removals that wait for a person. Other approvals lapse: they were for a list that is no more."""
        if self._history.held_removals() != tuple(removals):
            self._history.record_held_removals(removals)
        waited_for = set(map(_approved_by, removals))
        lapsed = [each for each in self._approvals() if (each.subject, each.argument) not in waited_for]
        if lapsed:
            self._history.withdraw_interventions(lapsed)

    def _approved(self, removals: Collection[Removal]) -> list[Removal]:
        approvals = {(each.subject, each.argument) for each in self._approvals()} if removals else set()
        return [each for each in removals if _approved_by(each) in approvals]

    def _approvals(self) -> list[Intervention]:
        return [each for each in self._history.interventions() or () if each.verb is Verb.APPROVE]

    def _found(self, newest: Sequence[Layout]) -> Sequence[Layout]:
        """The workloads on the engine stand in for what is in force. It is not known which files they came from."""
        if any(layout.asks_for_pods for layout in newest):
            return ()
        return (Layout("", "", dict.fromkeys(self._inventory(), "")),)

    def _allows(self, source: str, newest: Sequence[Layout]) -> bool:
        """Whether the source allows removals; for a source that is no longer followed, whether all followed ones do."""
        followed = {layout.source for layout in newest}
        return source in self._allowed if source in followed else followed <= self._allowed


def layouts_in_force(history: History, read_again: Callable[[], Iterable[Layout]]) -> Sequence[Layout]:
    """Layouts in force by the history; where an earlier version wrote it, of the accepted revisions read again."""
    return history.in_force() or [layout for layout in read_again() if layout.commit]


def _approved_by(removal: Removal) -> tuple[Key, str]:
    """Subject and argument of the order that lets it go."""
    return source_key(removal.source), removal.hash


def allowed_sources(specs: Iterable[SourceSpec], *, allow_empty: bool = False) -> frozenset[str]:
    """The sources that may lose anything, by what the history knows them by; with `allow_empty` all of them."""
    return frozenset(spec.key for spec in specs if allow_empty or spec.allow_empty)


def with_keys(layouts: Iterable[Layout], specs: Iterable[SourceSpec]) -> tuple[Layout, ...]:
    """The layouts with what the history knows their sources by in the place of their names."""
    keys = {spec.name: spec.key for spec in specs}
    return tuple(replace(layout, source=keys[layout.source]) for layout in layouts)


def workloads_on(engine: Observer, instance: Instance) -> frozenset[Key]:
    """Workloads with pods on the engine that are not being ended. Raises `EngineUnavailable`."""
    gathered = group_pods(engine.observe(frozenset()), instance)
    owners = {pod.owner for pod in gathered.pods if not pod.ending}
    return frozenset(owners | {each.owner for each in gathered.leftovers if each.owner})
