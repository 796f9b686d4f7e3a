"""Messages about a workload whose version is not Git's."""

from collections.abc import Sequence

from gitpod_sync.controllers.shared.revisions import find_revision
from gitpod_sync.controllers.shared.rollout_target import Override, RolloutTarget
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.records.records import TemplateRevision


def tell_undo(key: Key, revisions: Sequence[TemplateRevision], target: RolloutTarget) -> str:
    """Why a person's `rollout undo` keeps it from what Git asks for; "" when none does."""
    if target.override is not Override.UNDO:
        return ""
    return (
        f"`rollout undo` holds it at {tell_revision(revisions, target)}, and Git asks for version {target.asked}: that "
        f"ends with a commit that changes the object, or `gitpod-sync rollout resume {rollout_argument(key)}`"
    )


def tell_revision(revisions: Sequence[TemplateRevision], target: RolloutTarget) -> str:
    """The revision that it has, by its number where that is known."""
    found = find_revision(revisions, target.revision)
    return f"revision {found.number}" if found else f"version {target.revision}"


def rollout_argument(key: Key) -> str:
    """The workload as a person types it after a `rollout` command."""
    return f"{key.kind.lower()}/{key.name} -n {key.namespace}"
