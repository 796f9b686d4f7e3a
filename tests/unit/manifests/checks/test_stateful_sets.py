"""What a StatefulSet cannot ask for: names that no pod can bear, and words that it does not listen to."""

from collections.abc import Callable

import pytest

from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.checks.revision.revision import check_revision
from gitpod_sync.manifests.codes import Severity

SOUND = (
    "selector: {matchLabels: {app: db}}, "
    "template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: busybox}]}}"
)
ANNOTATED = (
    "{metadata: {name: data, annotations: {gitpod-sync.io/delete-volume: 'true'}}, "
    "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
)
POD = "kind: Pod\nmetadata: {name: %s, namespace: %s}\nspec: {containers: [{name: main, image: busybox}]}\n"
SET = f"kind: StatefulSet\nmetadata: {{name: db}}\nspec: {{replicas: 3, ordinals: {{start: 1}}, {SOUND}}}\n"

NAMES = {
    "the longest that its pods can bear": ("n" * 61, "", []),
    "too long for its pods": ("n" * 62, "", ["too-long metadata.name"]),
    "too long for its last pod": ("n" * 61, "replicas: 11, ", ["too-long metadata.name"]),
    "with a dot": ("a.b", "", ["wrong-format metadata.name"]),
}


@pytest.mark.parametrize(("name", "fields", "expected"), NAMES.values(), ids=NAMES)
def test_the_name_of_a_set_fits_its_pods(
    said: Callable[[str, str], list[str]], name: str, fields: str, expected: list[str]
) -> None:
    assert said("StatefulSet", f"{{metadata: {{name: {name}}}, spec: {{{fields}{SOUND}}}}}") == expected


def test_the_claims_of_a_set_go_by_its_policy(said: Callable[[str, str], list[str]]) -> None:
    assert said("StatefulSet", f"spec: {{volumeClaimTemplates: [{ANNOTATED}], {SOUND}}}") == [
        "unknown-annotation spec.volumeClaimTemplates[0].metadata.annotations['gitpod-sync.io/delete-volume'] (warning)"
    ]


@pytest.mark.parametrize(
    ("name", "namespace", "clashes"),
    [
        ("db-1", "default", True),
        ("db-3", "default", True),
        ("db-0", "default", False),
        ("db-4", "default", False),
        ("db-01", "default", False),
        ("db-1", "other", False),
        ("db", "default", False),
    ],
)
def test_a_bare_pod_has_not_the_name_of_a_pod_of_a_set(
    facts_of_all: Callable[[str], list[Facts]], name: str, namespace: str, clashes: bool
) -> None:
    said = list(check_revision(facts_of_all(f"{SET}---\n{POD % (name, namespace)}")))
    assert [each.code for each in said if each.severity is Severity.ERROR] == ["duplicate-object"] * clashes
