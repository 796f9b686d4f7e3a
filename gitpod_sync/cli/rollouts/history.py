"""`rollout history`: the revisions of a workload with where they come from. Pure."""

from collections.abc import Iterator

from gitpod_sync.cli.rollouts.subject import Rolled
from gitpod_sync.model.base.codec import encode
from gitpod_sync.model.desired import short_commit
from gitpod_sync.model.records.records import TemplateRevision
from gitpod_sync.resources.descriptions.template import describe_template
from gitpod_sync.resources.tables import render_cells, render_lines

_COLUMNS = ("REVISION", "COMMIT", "CHANGE-CAUSE", "STANDING")


def render_history(rolled: Rolled) -> str:
    """A line a revision, the present one last."""
    if not rolled.revisions:
        return f"{rolled}\nno revision is known yet"
    rows = [
        (str(each.number), short_commit(each.commit) or "<none>", each.cause or "<none>", _standing(rolled, each))
        for each in rolled.revisions
    ]
    return f"{rolled}\n{render_cells([_COLUMNS, *rows])}"


def render_revision(rolled: Rolled, revision: TemplateRevision) -> str:
    """The pod template of one revision."""
    return render_lines(_revision_lines(rolled, revision))


def _revision_lines(rolled: Rolled, revision: TemplateRevision) -> Iterator[str]:
    yield f"{rolled} with revision #{revision.number}"
    yield "Pod Template:"
    yield from describe_template(encode(revision.template))


def _standing(rolled: Rolled, revision: TemplateRevision) -> str:
    words = []
    if revision is rolled.revisions[-1]:
        words.append("held here by `rollout undo`" if rolled.stays_undone is revision else "present")
    if rolled.hold is not None and revision.hash == rolled.hold.failed:
        words.append("failed and rolled back")
    if revision.hash == rolled.asked and revision is not rolled.revisions[-1]:
        words.append("what Git asks for")
    return ", ".join(words)
