"""Progress of a Deployment's rollout, and the time since which there is none.

Source of the rules: Kubernetes, "Deployments", deployment status. A rollout makes progress when there are more updated,
ready or available pods, or fewer old ones; after `progressDeadlineSeconds` without progress it has failed. A rollout
that was once complete does not fail any more, nor does a paused one. Unlike there, "more" means more than ever before
in this rollout: a container that crashes, is started again and is ready for a moment has made no progress.
"""

from dataclasses import dataclass, replace

from gitpod_sync.model.records.records import Progress, ProgressReason

LONGEST_DEADLINE = 2**31 - 1
"""Kubernetes: this deadline is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """How a rollout stands now; what may be counted as progress."""

    version: str
    """Hash of the template that is rolled out."""
    updated: int
    """Pods of that version."""
    ready: int
    """Ready pods of all versions."""
    available: int
    """Available pods of all versions."""
    old: int
    """Pods of earlier versions."""
    complete: bool
    """As many available pods of the version as there are replicas, and no others."""


def compute_progress(before: Progress, found: Standings, deadline: int, now: float, *, paused: bool) -> Progress:
    """The progress now; the very same value when nothing has changed."""
    if paused:
        told = before.reason in {ProgressReason.PAUSED, ProgressReason.EXCEEDED}
        return before if told else _changed(before, found, ProgressReason.PAUSED, now)
    if before.version != found.version:
        return _changed(Progress(), found, ProgressReason.CREATED, now)
    if before.reason is ProgressReason.AVAILABLE:
        return before
    if found.complete:
        return _changed(before, found, ProgressReason.AVAILABLE, now)
    if before.reason is ProgressReason.PAUSED:
        return _changed(before, found, ProgressReason.RESUMED, now)
    if _goes_on(before, found):
        return _changed(before, found, ProgressReason.UPDATED, now)
    passes_at = deadline_at(before, deadline)
    if passes_at is not None and passes_at <= now:
        return replace(before, reason=ProgressReason.EXCEEDED, updated_at=now, since=now)
    return before


def deadline_at(progress: Progress, deadline: int) -> float | None:
    """When the rollout will have failed unless it goes on; None when no time decides that."""
    over = progress.reason in {ProgressReason.AVAILABLE, ProgressReason.PAUSED, ProgressReason.EXCEEDED}
    return None if over or deadline >= LONGEST_DEADLINE else progress.updated_at + deadline


def progress_status(reason: ProgressReason) -> bool | None:
    """The status of the condition Progressing; None: unknown."""
    if reason in {ProgressReason.PAUSED, ProgressReason.RESUMED}:
        return None
    return reason is not ProgressReason.EXCEEDED


def _goes_on(before: Progress, found: Standings) -> bool:
    more = ((found.updated, before.updated), (found.ready, before.ready), (found.available, before.available))
    return any(now > best for now, best in more) or found.old < before.old


def _changed(before: Progress, found: Standings, reason: ProgressReason, now: float) -> Progress:
    same = before.version and progress_status(before.reason) is progress_status(reason)
    first = before.version != found.version
    return Progress(
        version=found.version,
        reason=reason,
        updated_at=now,
        since=before.since if same else now,
        updated=max(before.updated, found.updated),
        ready=max(before.ready, found.ready),
        available=max(before.available, found.available),
        old=found.old if first else min(before.old, found.old),
    )
