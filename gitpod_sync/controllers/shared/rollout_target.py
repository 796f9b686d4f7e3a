"""Which template a workload is to have now: the one of Git, or for a while another one.

A person may have ordered that it be held at an earlier revision, or a failed rollout may have been returned to one.
Either holds until a commit touches the object. A restart is an annotation on the template, so that it rolls like any
other change; it stays for as long as a pod bears it, so that no pod rolls back when the order is forgotten.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gitpod_sync.controllers.pod.pod_state import PodState
from gitpod_sync.controllers.shared.revisions import CHANGE_CAUSE, find_revision, note_revision
from gitpod_sync.model.base.labels import RESTARTED_AT
from gitpod_sync.model.base.memoize import kept, kept_with
from gitpod_sync.model.base.meta import ObjectMeta
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.interventions import Order, Verb
from gitpod_sync.model.records.records import Hold, TemplateRevision


class Detour(StrEnum):
    """Why a workload is not to have the template that Git asks for."""

    UNDO = "undo"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Course:
    """`template` and its `hash`, which pods of it bear; `revision` is its hash without a restart.

    `asked` is the hash of the template in Git, `detour` why that is another one. For a StatefulSet or DaemonSet all of
    them are versions: its template as far as all of its pods have it in common.
    """

    template: PodTemplate
    hash: str
    revision: str
    asked: str
    detour: Detour | None = None

    @property
    def restarted(self) -> str:
        """The time of the restart that it bears, "" for none."""
        return self.template.metadata.annotations.get(RESTARTED_AT, "")

    @property
    def other_than_asked(self) -> PodTemplate | None:
        """Its template where that is not what Git says."""
        return None if self.hash == self.asked else self.template


def _own_template(identity: PodIdentity) -> PodTemplate | None:
    return identity.template


def choose_course(
    asked: PodTemplate,
    orders: Sequence[Order],
    hold: Hold | None,
    revisions: Sequence[TemplateRevision],
    pods: Sequence[PodState],
    version_behind: Callable[[PodIdentity], PodTemplate | None] = _own_template,
) -> Course:
    """A person's word counts before a rollback, and a rollback before Git.

    `version_behind` tells the version that a pod was made from, None when that cannot be told surely.
    """
    asked_hash = template_hash(asked)
    detour, target = _detour(asked_hash, orders, hold)
    found = find_revision(revisions, target) if detour else None
    template, revision = (found.template, found.hash) if found else (asked, asked_hash)
    detour = detour if found else None
    restarted = _restarted_at(template, orders, pods, version_behind)
    if not restarted:
        return Course(template, revision, revision, asked_hash, detour)
    template = with_restart(template, restarted)
    return Course(template, template_hash(template), revision, asked_hash, detour)


def find_order(orders: Iterable[Order], verb: Verb) -> Order | None:
    """The order of that verb."""
    return next((order for order in orders if order.verb is verb), None)


def lost_undo(orders: Iterable[Order], revisions: Sequence[TemplateRevision]) -> tuple[Order, ...]:
    """The order to hold the workload at a revision that is not known any more: it is done with."""
    undo = find_order(orders, Verb.UNDO)
    return (undo,) if undo is not None and find_revision(revisions, undo.argument) is None else ()


def note_course(
    revisions: Sequence[TemplateRevision],
    course: Course,
    asked: PodTemplate,
    limit: int,
    *,
    metadata: ObjectMeta,
    commit: str,
    keep: str = "",
) -> tuple[TemplateRevision, ...]:
    """The revisions with that of the course as the present one (see `note_revision`), without a restart.

    One that the workload is held at keeps the commit and the cause that brought it.
    """
    known = find_revision(revisions, course.revision)
    held = course.detour is not None
    return note_revision(
        revisions,
        known.template if known else asked,
        course.revision,
        limit,
        commit=known.commit if held and known else commit,
        cause=(known.cause if known else "") if held else metadata.annotations.get(CHANGE_CAUSE, ""),
        keep=keep,
    )


def without_restart(template: PodTemplate) -> PodTemplate:
    """The template as it was before any restart was ordered."""
    return _without_restart(template) if RESTARTED_AT in template.metadata.annotations else template


@kept_with
def with_restart(template: PodTemplate, at: str) -> PodTemplate:
    """The template with the time of an order to restart; the very same without one ("")."""
    return _annotated(template, {**template.metadata.annotations, RESTARTED_AT: at}) if at else template


def _detour(asked: str, orders: Iterable[Order], hold: Hold | None) -> tuple[Detour | None, str]:
    """Why another template than the one asked for is to be had, and its hash."""
    undo = find_order(orders, Verb.UNDO)
    if undo:
        return Detour.UNDO if undo.argument != asked else None, undo.argument
    return (Detour.ROLLBACK, hold.revision) if hold else (None, "")


def _restarted_at(
    template: PodTemplate,
    orders: Iterable[Order],
    pods: Iterable[PodState],
    version_behind: Callable[[PodIdentity], PodTemplate | None],
) -> str:
    """The time of the last restart that was ordered or that a pod of this template bears; "" when there was none."""
    order = find_order(orders, Verb.RESTART)
    restarted = {
        state.pod.identity.template_hash: state.pod.identity
        for state in pods
        if RESTARTED_AT in state.pod.identity.template.metadata.annotations
    }
    borne = (
        version.metadata.annotations[RESTARTED_AT]
        for version in map(version_behind, restarted.values())
        if version is not None and _without_restart(version) == template
    )
    return max((order.argument if order else "", *borne))


@kept
def _without_restart(template: PodTemplate) -> PodTemplate:
    rest = {key: value for key, value in template.metadata.annotations.items() if key != RESTARTED_AT}
    return _annotated(template, rest)


def _annotated(template: PodTemplate, annotations: Mapping[str, str]) -> PodTemplate:
    return replace(template, metadata=replace(template.metadata, annotations=annotations))
