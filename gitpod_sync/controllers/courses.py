"""Which template a workload is to have now: the one of Git, or for a while another one.

A person may have ordered that it be held at an earlier revision, or a failed rollout may have been returned to one.
Either holds until a commit touches the object. A restart is an annotation on the template, so that it rolls like any
other change; it stays for as long as a pod bears it, so that no pod rolls back when the order is forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gitpod_sync.controllers.pod_state import PodState
from gitpod_sync.controllers.revisions import find_revision
from gitpod_sync.model.hashing import template_hash
from gitpod_sync.model.labels import RESTARTED_AT
from gitpod_sync.model.orders import Order, Verb
from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.records import Hold, TemplateRevision


class Detour(StrEnum):
    """Why a workload is not to have the template that Git asks for."""

    UNDO = "undo"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Course:
    """`template` and its `hash`, which pods of it bear; `revision` is its hash without a restart.

    `asked` is the hash of the template in Git, `detour` why that is another one.
    """

    template: PodTemplate
    hash: str
    revision: str
    asked: str
    detour: Detour | None = None


def choose_course(
    asked: PodTemplate,
    orders: Sequence[Order],
    hold: Hold | None,
    revisions: Sequence[TemplateRevision],
    pods: Sequence[PodState],
) -> Course:
    """A person's word counts before a rollback, and a rollback before Git."""
    asked_hash = template_hash(asked)
    detour, target = _detour(asked_hash, orders, hold)
    found = find_revision(revisions, target) if detour else None
    template, revision = (found.template, found.hash) if found else (asked, asked_hash)
    detour = detour if found else None
    restarted = _restarted_at(template, orders, pods)
    if not restarted:
        return Course(template, revision, revision, asked_hash, detour)
    template = _with_restart(template, restarted)
    return Course(template, template_hash(template), revision, asked_hash, detour)


def find_order(orders: Iterable[Order], verb: Verb) -> Order | None:
    """The order of that verb."""
    return next((order for order in orders if order.verb is verb), None)


def _detour(asked: str, orders: Iterable[Order], hold: Hold | None) -> tuple[Detour | None, str]:
    """Why another template than the one asked for is to be had, and its hash."""
    undo = find_order(orders, Verb.UNDO)
    if undo:
        return Detour.UNDO if undo.argument != asked else None, undo.argument
    return (Detour.ROLLBACK, hold.revision) if hold else (None, "")


def _restarted_at(template: PodTemplate, orders: Iterable[Order], pods: Iterable[PodState]) -> str:
    """The time of the last restart that was ordered or that a pod of this template bears; "" when there was none."""
    order = find_order(orders, Verb.RESTART)
    restarted = {
        state.pod.identity.template_hash: state.pod.identity.template
        for state in pods
        if RESTARTED_AT in state.pod.identity.template.metadata.annotations
    }
    borne = (
        each.metadata.annotations[RESTARTED_AT] for each in restarted.values() if _without_restart(each) == template
    )
    return max((order.argument if order else "", *borne))


def _with_restart(template: PodTemplate, at: str) -> PodTemplate:
    return _annotated(template, {**template.metadata.annotations, RESTARTED_AT: at})


def _without_restart(template: PodTemplate) -> PodTemplate:
    rest = {key: value for key, value in template.metadata.annotations.items() if key != RESTARTED_AT}
    return _annotated(template, rest)


def _annotated(template: PodTemplate, annotations: Mapping[str, str]) -> PodTemplate:
    return replace(template, metadata=replace(template.metadata, annotations=annotations))
