"""Revisions in force when a process begins, and the words for refused ones."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from gitpod_sync.errors import SourceError
from gitpod_sync.manifests.accept import Acceptance, Refusal
from gitpod_sync.manifests.diagnostics.diagnostics import counted
from gitpod_sync.model.desired import Desired, short_commit
from gitpod_sync.model.identities import note_identities
from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.protocol import Source
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.status.history import History
from gitpod_sync.status.revisions import RefusedRevision

log = logging.getLogger(__name__)

Sources = Sequence[tuple[SourceSpec, Source]]


def read_in_force(sources: Sources, good: Mapping[str, str]) -> dict[str, Revision]:
    """The revisions in force, by source, as far as they are known and can be read again. `good` is the history's."""
    found = nothing_yet([spec for spec, _ in sources], good)
    for spec, source in sources:
        with suppress(SourceError):
            if spec.key in good:
                found[spec.name] = source.revision(good[spec.key])
    return found


def nothing_yet(specs: Iterable[SourceSpec], good: Mapping[str, str]) -> dict[str, Revision]:
    """Sources that nothing was ever taken from, as empty revisions without a commit.

    That is known only where the history knows of others and of none that is not configured any more: else a source
    without a revision may have been moved, or the history was lost, and its pods may run.
    """
    specs = list(specs)
    if not good or good.keys() - {spec.key for spec in specs}:
        return {}
    return {spec.name: Revision(spec.name, "", {}) for spec in specs if spec.key not in good}


def keep_revisions(sources: Sources, revisions: Mapping[str, Revision]) -> None:
    """Have every source keep its revision that is in force, so that it can be read again."""
    for spec, source in sources:
        if revisions[spec.name].commit:
            try:
                source.keep(revisions[spec.name])
            except SourceError as error:
                log.warning("source %s: what is in force cannot be kept: %s", spec.name, error)


def commits_of(specs: Iterable[SourceSpec], revisions: Mapping[str, Revision]) -> Mapping[str, str]:
    """The commits in force for the history, by the keys of the sources."""
    return {spec.key: revisions[spec.name].commit for spec in specs if revisions[spec.name].commit}


def record_in_force(
    history: History, specs: Iterable[SourceSpec], revisions: Mapping[str, Revision], desired: Desired, now: float
) -> Desired:
    """From `now` on `desired`, of these revisions by source, is in force; with the identities of its objects."""
    identities = note_identities(history.identities(), desired, now)
    history.record_good_revisions(commits_of(specs, revisions), now)
    history.record_identities(identities)
    return replace(desired, identities=identities)


def refused_of(specs: Iterable[SourceSpec], acceptance: Acceptance, at: float) -> Mapping[str, RefusedRevision]:
    """Refused revisions for the history, by the keys of the sources."""
    refused = acceptance.refused
    return {spec.key: _refused(refused[spec.name], at) for spec in specs if spec.name in refused}


def whose(spec: SourceSpec, among: Collection[SourceSpec]) -> str:
    """The beginning of a line about a source; the only one needs no name."""
    return f"source {spec.name}: " if len(among) > 1 else ""


def tell_refused(
    spec: SourceSpec, refused: RefusedRevision, in_force: str | None, among: Collection[SourceSpec]
) -> str:
    """One line: whose newest revision is not valid, and what stays in force instead; "": nothing did before."""
    errors = counted(refused.count, "error")
    stays = f"{short_commit(in_force)} stays in force" if in_force else "nothing of it is in force"
    return f"{whose(spec, among)}the newest revision, {short_commit(refused.commit)}, is not valid: {errors}; {stays}"


def _refused(refusal: Refusal, at: float) -> RefusedRevision:
    return RefusedRevision(refusal.revision.commit, at, tuple(map(str, refusal.errors)), len(refusal.errors))
