"""The templates that a workload has had: its revisions, by number.

Source of the rules: Kubernetes, "Deployments", rolling back: the numbers grow by one with every change, a return to an
earlier template takes the next number, and only so many earlier ones are kept.
"""

from collections.abc import Sequence

from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.records import TemplateRevision

HISTORY_LIMIT = 10
"""How many earlier revisions are kept unless the workload says otherwise."""


def note_revision(
    revisions: Sequence[TemplateRevision], template: PodTemplate, template_hash: str, limit: int = HISTORY_LIMIT
) -> tuple[TemplateRevision, ...]:
    """The revisions with this template as the present one, the last; `limit` earlier ones are kept.

    Revisions 1 (a), 2 (b), and a again: 2 (b), 3 (a).
    """
    if revisions and revisions[-1].hash == template_hash:
        return tuple(revisions[-1 - limit :])
    number = revisions[-1].number + 1 if revisions else 1
    earlier = [each for each in revisions if each.hash != template_hash]
    kept = earlier[len(earlier) - limit :] if limit < len(earlier) else earlier
    return (*kept, TemplateRevision(number, template_hash, template))
