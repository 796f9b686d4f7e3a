"""What is said of a workload that goes another way than Git says."""

from collections.abc import Sequence

from gitpod_sync.controllers.shared.revisions import find_revision
from gitpod_sync.controllers.shared.rollout_target import Course, Detour
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.records import TemplateRevision


def tell_undo(key: Key, revisions: Sequence[TemplateRevision], course: Course) -> str:
    """Why a person's `rollout undo` keeps it from what Git asks for; "" when none does."""
    if course.detour is not Detour.UNDO:
        return ""
    return (
        f"`rollout undo` holds it at {tell_revision(revisions, course)}, and Git asks for version {course.asked}: that "
        f"ends with a commit that changes the object, or `gitpod-sync rollout resume {rollout_target(key)}`"
    )


def tell_revision(revisions: Sequence[TemplateRevision], course: Course) -> str:
    """The revision that it has, by its number where that is known."""
    found = find_revision(revisions, course.revision)
    return f"revision {found.number}" if found else f"version {course.revision}"


def rollout_target(key: Key) -> str:
    """What a person types for it behind a `rollout` command."""
    return f"{key.kind.lower()}/{key.name} -n {key.namespace}"
