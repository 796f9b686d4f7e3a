"""What a new revision may change of the objects in force. Those in force stand in line 100, the new ones too."""

from collections.abc import Callable, Sequence

import pytest

from gitpod_sync.manifests.checks.revision.facts import Facts
from gitpod_sync.manifests.checks.revision.transition import check_transition
from gitpod_sync.manifests.diagnostics.diagnostics import Diagnostic

FactsOf = Callable[[str], list[Facts]]
Summary = Callable[[Sequence[Diagnostic]], list[str]]

TEMPLATE = (
    "template: {metadata: {labels: {a: b, c: d}}, spec: {restartPolicy: Never, containers: [{name: m, image: i}]}}"
)
SUCCESS = "successPolicy: {rules: [{succeededIndexes: 1-3}]}"
CLAIM = "{metadata: {name: data}, spec: {resources: {requests: {storage: 1Gi}}}}"

CASES = {
    "nothing changed": ("Deployment", f"spec: {{selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}", "b", "b", []),
    "another selector": (
        "Deployment",
        f"spec: {{selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}",
        "{a: b}}",
        "{c: d}}",
        ["immutable-field spec.selector.matchLabels.c"],
    ),
    "another selector of a ReplicationController": (
        "ReplicationController",
        f"spec: {{selector: {{a: b}}, {TEMPLATE}}}",
        "{a: b}",
        "{c: d}",
        [],
    ),
    "another template of a Deployment": (
        "Deployment",
        f"spec: {{selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}",
        "image: i",
        "image: j",
        [],
    ),
    "larger claims of a set": (
        "StatefulSet",
        f"spec: {{serviceName: x, volumeClaimTemplates: [{CLAIM}], selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}",
        "1Gi",
        "2Gi",
        ["immutable-field spec.volumeClaimTemplates[0].spec.resources.requests.storage"],
    ),
    "another Service of a set": (
        "StatefulSet",
        f"spec: {{serviceName: x, selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}",
        "serviceName: x",
        "serviceName: y",
        ["immutable-field spec.serviceName"],
    ),
    "a default of a set that is written out": (
        "StatefulSet",
        f"spec: {{selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}",
        "spec: {selector",
        "spec: {podManagementPolicy: OrderedReady, selector",
        [],
    ),
    "a set that starts in parallel": (
        "StatefulSet",
        f"spec: {{selector: {{matchLabels: {{a: b}}}}, {TEMPLATE}}}",
        "spec: {selector",
        "spec: {podManagementPolicy: Parallel, selector",
        ["immutable-field spec.podManagementPolicy"],
    ),
    "another template of a Job": (
        "Job",
        f"spec: {{{TEMPLATE}}}",
        "image: i",
        "image: j",
        ["immutable-field spec.template.spec.containers[0].image"],
    ),
    "a default in a Job's template that is written out": (
        "Job",
        f"spec: {{{TEMPLATE}}}",
        "image: i",
        "image: i, volumeMounts: [], terminationMessagePolicy: File",
        [],
    ),
    "a Job that is suspended": ("Job", f"spec: {{{TEMPLATE}}}", "spec: {t", "spec: {suspend: true, t", []),
    "more completions": (
        "Job",
        f"spec: {{completions: 2, {TEMPLATE}}}",
        "completions: 2",
        "completions: 3",
        ["immutable-field spec.completions"],
    ),
    "more completions and as many at once": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 2, parallelism: 2, {TEMPLATE}}}",
        "completions: 2, parallelism: 2",
        "completions: 3, parallelism: 3",
        [],
    ),
    "as many completions at once as there are to be": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 1, parallelism: 2, {TEMPLATE}}}",
        "completions: 1, parallelism: 2",
        "completions: 3, parallelism: 3",
        [],
    ),
    "fewer at once": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 2, parallelism: 2, {TEMPLATE}}}",
        "parallelism: 2",
        "parallelism: 1",
        [],
    ),
    "more completions than at once": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 1, parallelism: 1, {TEMPLATE}}}",
        "completions: 1, parallelism: 1",
        "completions: 2, parallelism: 3",
        ["immutable-field spec.completions"],
    ),
    "no indexes any more": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 2, {TEMPLATE}}}",
        "Indexed",
        "NonIndexed",
        ["immutable-field spec.completionMode"],
    ),
    "a success policy that is changed": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 5, {SUCCESS}, {TEMPLATE}}}",
        "1-3",
        "1-4",
        ["immutable-field spec.successPolicy.rules[0].succeededIndexes"],
    ),
    "an end for each index that is changed": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 1, {TEMPLATE}}}",
        "backoffLimitPerIndex: 1",
        "backoffLimitPerIndex: 2",
        ["immutable-field spec.backoffLimitPerIndex"],
    ),
    "more failed indexes": (
        "Job",
        f"spec: {{completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 1, {TEMPLATE}}}",
        "maxFailedIndexes: 1",
        "maxFailedIndexes: 2",
        [],
    ),
    "a ConfigMap that may change": ("ConfigMap", "data: {a: b}", "b", "c", []),
    "a ConfigMap that may not": (
        "ConfigMap",
        "{immutable: true, data: {a: b}}",
        "a: b",
        "a: c",
        ["immutable-field data.a"],
    ),
    "a ConfigMap that is thawed": (
        "ConfigMap",
        "{immutable: true, data: {a: b}}",
        "true",
        "false",
        ["immutable-field immutable"],
    ),
    "a ConfigMap that is frozen": (
        "ConfigMap",
        "{immutable: false, data: {a: b}}",
        "false, data: {a: b",
        "true, data: {a: c",
        [],
    ),
    "a Secret of another type": ("Secret", "type: a", "type: a", "type: b", ["immutable-field type"]),
    "a Secret that says the same otherwise": (
        "Secret",
        "{immutable: true, data: {a: aHVudGVyMg==}}",
        "data: {a: aHVudGVyMg==}",
        "stringData: {a: hunter2}",
        [],
    ),
    "a Secret that may not change": (
        "Secret",
        "{immutable: true, stringData: {a: hunter2}}",
        "hunter2",
        "hunter3",
        ["immutable-field stringData.a"],
    ),
    "a claim made larger": ("PersistentVolumeClaim", "spec: {resources: {requests: {storage: 1Gi}}}", "1Gi", "2Gi", []),
    "a claim made smaller": (
        "PersistentVolumeClaim",
        "spec: {resources: {requests: {storage: 1Gi}}}",
        "1Gi",
        "1000Mi",
        ["claim-made-smaller spec.resources.requests.storage"],
    ),
    "a claim for others": (
        "PersistentVolumeClaim",
        "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}",
        "ReadWriteOnce",
        "ReadWriteMany",
        ["immutable-field spec.accessModes[0]"],
    ),
    "a class for a claim that had none": (
        "PersistentVolumeClaim",
        "spec: {resources: {requests: {storage: 1Gi}}}",
        "spec: {",
        "spec: {storageClassName: fast, ",
        [],
    ),
    "another class": (
        "PersistentVolumeClaim",
        "spec: {storageClassName: fast, resources: {requests: {storage: 1Gi}}}",
        "fast",
        "slow",
        ["immutable-field spec.storageClassName"],
    ),
    "a class taken away": (
        "PersistentVolumeClaim",
        "spec: {storageClassName: fast, resources: {requests: {storage: 1Gi}}}",
        "storageClassName: fast, ",
        "",
        ["immutable-field spec.storageClassName"],
    ),
    "another priority": ("PriorityClass", "value: 1", "1", "2", ["immutable-field value"]),
}


@pytest.mark.parametrize(("kind", "text", "was", "now", "expected"), CASES.values(), ids=CASES)
def test_a_change_is_answered(
    facts_of_all: FactsOf, summary: Summary, kind: str, text: str, was: str, now: str, expected: list[str]
) -> None:
    assert was in text
    before, after = (facts_of_all(whole(kind, each)) for each in (text, text.replace(was, now, 1)))
    diagnostics = list(check_transition({each.key: each for each in before}, after))
    assert summary(diagnostics) == [f"100 {each}" for each in expected]
    assert not [each for each in diagnostics if "app.yaml:100" not in each.message or not each.hint]
    assert "hunter" not in str(diagnostics)


def test_objects_that_come_and_go_change_nothing(facts_of_all: FactsOf) -> None:
    before = facts_of_all(whole("PriorityClass", "value: 1"))
    after = facts_of_all(whole("PriorityClass", "value: 2").replace("name: web", "name: other"))
    assert not list(check_transition({each.key: each for each in before}, after))


def whole(kind: str, text: str) -> str:
    body = text.removeprefix("{").removesuffix("}") if text.startswith("{") else text
    return f"{{kind: {kind}, metadata: {{name: web}}, {body}}}"
