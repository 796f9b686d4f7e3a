"""The template that a workload goes to: Git's, or for a while another one.

A person may have ordered an earlier revision, or a failed rollout may have been rolled back to one. Either holds until
a commit touches the object. A restart is an annotation on the template, so that it rolls like any other change; it
stays for as long as a pod bears it, so that no pod rolls back when the intervention is forgotten.
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
from gitpod_sync.model.records.interventions import Intervention, Verb
from gitpod_sync.model.records.records import Hold, TemplateRevision


class Override(StrEnum):
    """Why a workload is not to have the template that Git asks for."""

    UNDO = "undo"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class RolloutTarget:
    """`template` and its `hash`, which pods of it bear; `revision` is its hash without a restart.

    `asked` is the hash of the template in Git, `override` why the workload has another one. For a StatefulSet or
    DaemonSet all of them are versions: its template as far as all of its pods have it in common.
    """

    template: PodTemplate
    hash: str
    revision: str
    asked: str
    override: Override | None = None

    @property
    def restarted(self) -> str:
        """The time of the restart that it bears, "" for none."""
        return self.template.metadata.annotations.get(RESTARTED_AT, "")

    @property
    def other_than_asked(self) -> PodTemplate | None:
        """The template, where it is not the one that Git asks for; None where it is."""
        return None if self.hash == self.asked else self.template


def _own_template(identity: PodIdentity) -> PodTemplate | None:
    return identity.template


def choose_rollout_target(
    asked: PodTemplate,
    interventions: Sequence[Intervention],
    hold: Hold | None,
    revisions: Sequence[TemplateRevision],
    pods: Sequence[PodState],
    version_behind: Callable[[PodIdentity], PodTemplate | None] = _own_template,
) -> RolloutTarget:
    """A person's word counts before a rollback, and a rollback before Git.

    `version_behind` tells the version that a pod was made from, None when that cannot be told surely.
    """
    asked_hash = template_hash(asked)
    override, target = _detour(asked_hash, interventions, hold)
    found = find_revision(revisions, target) if override else None
    template, revision = (found.template, found.hash) if found else (asked, asked_hash)
    override = override if found else None
    restarted = _restarted_at(template, interventions, pods, version_behind)
    if not restarted:
        return RolloutTarget(template, revision, revision, asked_hash, override)
    template = with_restart(template, restarted)
    return RolloutTarget(template, template_hash(template), revision, asked_hash, override)


def find_intervention(interventions: Iterable[Intervention], verb: Verb) -> Intervention | None:
    """The order of that verb."""
    return next((intervention for intervention in interventions if intervention.verb is verb), None)


def lost_undo(interventions: Iterable[Intervention], revisions: Sequence[TemplateRevision]) -> tuple[Intervention, ...]:
    """The order to hold the workload at a revision that is not known any more: it is done with."""
    undo = find_intervention(interventions, Verb.UNDO)
    return (undo,) if undo is not None and find_revision(revisions, undo.argument) is None else ()


def note_rollout_target(
    revisions: Sequence[TemplateRevision],
    target: RolloutTarget,
    asked: PodTemplate,
    limit: int,
    *,
    metadata: ObjectMeta,
    commit: str,
    keep: str = "",
) -> tuple[TemplateRevision, ...]:
    """The revisions with the target's as the present one (see `note_revision`), without a restart.

    One that the workload is held at keeps the commit and the cause that brought it.
    """
    known = find_revision(revisions, target.revision)
    held = target.override is not None
    return note_revision(
        revisions,
        known.template if known else asked,
        target.revision,
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


def _detour(asked: str, interventions: Iterable[Intervention], hold: Hold | None) -> tuple[Override | None, str]:
    """The reason why another template than Git's is due, and its hash."""
    undo = find_intervention(interventions, Verb.UNDO)
    if undo:
        return Override.UNDO if undo.argument != asked else None, undo.argument
    return (Override.ROLLBACK, hold.revision) if hold else (None, "")


def _restarted_at(
    template: PodTemplate,
    interventions: Iterable[Intervention],
    pods: Iterable[PodState],
    version_behind: Callable[[PodIdentity], PodTemplate | None],
) -> str:
    """The time of the last restart that was ordered or that a pod of this template bears; "" when there was none."""
    intervention = find_intervention(interventions, Verb.RESTART)
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
    return max((intervention.argument if intervention else "", *borne))


@kept
def _without_restart(template: PodTemplate) -> PodTemplate:
    rest = {key: value for key, value in template.metadata.annotations.items() if key != RESTARTED_AT}
    return _annotated(template, rest)


def _annotated(template: PodTemplate, annotations: Mapping[str, str]) -> PodTemplate:
    return replace(template, metadata=replace(template.metadata, annotations=annotations))
