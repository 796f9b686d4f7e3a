"""The templates that a workload has had: its revisions, by number.

Source of the rules: Kubernetes, "Deployments", rolling back: the numbers grow by one with every change, a return to an
earlier template takes the next number, and only so many earlier ones are kept.
"""

from collections.abc import Sequence
from dataclasses import replace

from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.records.records import TemplateRevision

HISTORY_LIMIT = 10
"""How many earlier revisions are kept unless the workload says otherwise."""


CHANGE_CAUSE = "kubernetes.io/change-cause"
"""The annotation of a workload that says why its template is as it is."""


def note_revision(
    revisions: Sequence[TemplateRevision],
    template: PodTemplate,
    template_hash: str,
    limit: int = HISTORY_LIMIT,
    *,
    commit: str = "",
    cause: str = "",
    keep: str = "",
) -> tuple[TemplateRevision, ...]:
    """The revisions with this template as the present one, the last; `limit` earlier ones are kept.

    Revisions 1 (a), 2 (b), and a again: 2 (b), 3 (a). `commit` and `cause` are those of a template that comes new;
    the one of the hash `keep` is kept beside the others, however old it is.
    """
    if revisions and revisions[-1].hash == template_hash:
        present = revisions[-1] if cause in {"", revisions[-1].cause} else replace(revisions[-1], cause=cause)
    else:
        number = revisions[-1].number + 1 if revisions else 1
        present = TemplateRevision(number, template_hash, template, commit, cause)
    earlier = [each for each in revisions if each.hash != template_hash]
    surplus = len(earlier) - limit
    kept = [each for place, each in enumerate(earlier) if place >= surplus or each.hash == keep]
    return (*kept, present)


def find_revision(revisions: Sequence[TemplateRevision], template_hash: str) -> TemplateRevision | None:
    """The revision of that hash."""
    return next((each for each in revisions if each.hash == template_hash), None)
