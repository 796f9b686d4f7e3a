"""Admission of the newest revisions: valid ones that take nothing away unasked come into force."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gitpod_sync.loop.revisions.guard import Guard, with_keys
from gitpod_sync.manifests.accept import Acceptance
from gitpod_sync.manifests.policy import Policy
from gitpod_sync.model.layout import Layout
from gitpod_sync.model.removal import Removal
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.spec import SourceSpec

Accept = Callable[[Mapping[str, Revision]], Acceptance]


@dataclass(frozen=True, slots=True)
class Admission:
    """Revisions that may come into force, and removals that are `held` until somebody permits them.

    `layouts` are those of the revisions that may come into force, as the history names their sources. `is_free` is
    False when none can: the objects that would be taken away are of a source that has no revision in force to keep.
    """

    acceptance: Acceptance
    layouts: tuple[Layout, ...]
    held: tuple[Removal, ...]
    is_free: bool

    def is_by(self, policy: Policy) -> bool:
        """Whether the files were chosen by the patterns of this policy."""
        return all(layout.patterns == (policy.include, policy.exclude) for layout in self.layouts)


def admit(
    accept: Accept,
    newest: Mapping[str, Revision],
    in_force: Mapping[str, Revision],
    guard: Guard,
    specs: Sequence[SourceSpec],
    layouts_in_force: Sequence[Layout],
) -> Admission:
    """Accept valid revisions; a source that would lose something unasked keeps its revision in force.

    `layouts_in_force` is as for `Guard.held`. Raises `EngineUnavailable`.
    """
    names = {spec.key: spec.name for spec in specs}
    left, held = dict(newest), dict[str, Removal]()
    while True:
        acceptance = accept(left)
        layouts = with_keys(acceptance.loaded.layouts, specs)
        found = guard.held(layouts, layouts_in_force) if acceptance.loaded.desired is not None else ()
        held |= {each.source: each for each in found}
        moved = [name for each in found if (name := names.get(each.source)) and _has_moved(name, left, in_force)]
        if not moved:
            return Admission(acceptance, layouts, tuple(held[source] for source in sorted(held)), not found)
        for name in moved:
            del left[name]


def _has_moved(source: str, newest: Mapping[str, Revision], in_force: Mapping[str, Revision]) -> bool:
    return source in newest and source in in_force and newest[source].commit != in_force[source].commit
