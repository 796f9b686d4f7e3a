"""The templates that a workload has had are numbered, and the latest are kept."""

import pytest

from gitpod_sync.controllers.shared.revisions import note_revision
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import Container, PodSpec, PodTemplate
from gitpod_sync.model.records.records import TemplateRevision


def template(letter: str) -> PodTemplate:
    return PodTemplate(PodSpec((Container("main", letter),)))


@pytest.mark.parametrize(
    ("templates", "limit", "expected"),
    [
        ("a", 10, ["1a"]),
        ("aa", 10, ["1a"]),
        ("ab", 10, ["1a", "2b"]),
        ("aba", 10, ["2b", "3a"]),
        ("abcd", 2, ["2b", "3c", "4d"]),
        ("abcd", 0, ["4d"]),
        ("abab", 1, ["3a", "4b"]),
    ],
)
def test_revisions_are_numbered_and_the_latest_are_kept(templates: str, limit: int, expected: list[str]) -> None:
    revisions: tuple[TemplateRevision, ...] = ()
    for letter in templates:
        revisions = note_revision(revisions, template(letter), template_hash(template(letter)), limit)
    assert [f"{each.number}{each.template.spec.containers[0].image}" for each in revisions] == expected
