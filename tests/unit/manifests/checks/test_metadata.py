"""Metadata: annotations that Kubernetes reads on pods, their size, finalizers, owners."""

from collections.abc import Callable

import pytest

SPEC = "spec: {containers: [{name: main, image: busybox}]}"
COST = "controller.kubernetes.io/pod-deletion-cost"
SECCOMP_OF_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP = "container.seccomp.security.alpha.kubernetes.io/main"
APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/main"
OWNER = "apiVersion: v1, kind: Pod, name: a, uid: b"


def annotated(annotation: str, value: str, spec: str = SPEC) -> str:
    return f"metadata: {{name: web, annotations: {{{annotation}: '{value}'}}}}\n{spec}"


def at(annotation: str) -> str:
    return f"metadata.annotations['{annotation}']"


def with_profile(field: str, profile: str, annotation: str, value: str) -> str:
    container = f"{{name: main, image: busybox, securityContext: {{{field}: {{{profile}}}}}}}"
    return annotated(annotation, value, f"spec: {{containers: [{container}]}}")


CASES = {
    "costs of a deletion": ("Pod", annotated(COST, "-100"), []),
    "a cost with a plus": ("Pod", annotated(COST, "+10"), [f"wrong-format {at(COST)}"]),
    "a cost with zeros in front": ("Pod", annotated(COST, "008"), [f"wrong-format {at(COST)}"]),
    "a cost that is too large": ("Pod", annotated(COST, "2147483648"), [f"wrong-format {at(COST)}"]),
    "an image of a pod of the node's": (
        "Pod",
        annotated("kubernetes.io/config.mirror", "a"),
        [f"wrong-combination {at('kubernetes.io/config.mirror')}"],
    ),
    "a seccomp profile in the words of old": (
        "Pod",
        annotated(SECCOMP_OF_POD, "docker/default"),
        [f"without-meaning {at(SECCOMP_OF_POD)} (note)"],
    ),
    "a seccomp profile that is none": (
        "Pod",
        annotated(SECCOMP_OF_POD, "none"),
        [f"wrong-format {at(SECCOMP_OF_POD)}"],
    ),
    "a seccomp profile outside its folder": (
        "Pod",
        annotated(SECCOMP, "localhost/../a"),
        [f"wrong-format {at(SECCOMP)}"],
    ),
    "a seccomp profile that the field says too": (
        "Pod",
        with_profile("seccompProfile", "type: Localhost, localhostProfile: a.json", SECCOMP, "localhost/a.json"),
        [],
    ),
    "a seccomp profile that the field contradicts": (
        "Pod",
        with_profile("seccompProfile", "type: RuntimeDefault", SECCOMP, "unconfined"),
        [f"wrong-combination {at(SECCOMP)}"],
    ),
    "the pod's seccomp profile that the field contradicts": (
        "Pod",
        annotated(
            SECCOMP_OF_POD, "runtime/default", SPEC[:-1] + ", securityContext: {seccompProfile: {type: Unconfined}}}"
        ),
        [f"wrong-combination {at(SECCOMP_OF_POD)}"],
    ),
    "the AppArmor profile that there is anyway": ("Pod", annotated(APP_ARMOR, "runtime/default"), []),
    "an AppArmor profile that the field says too": (
        "Pod",
        with_profile("appArmorProfile", "type: Localhost, localhostProfile: web", APP_ARMOR, "localhost/web"),
        [],
    ),
    "an AppArmor profile that the field contradicts": (
        "Pod",
        with_profile("appArmorProfile", "type: Unconfined", APP_ARMOR, "runtime/default"),
        [f"wrong-combination {at(APP_ARMOR)}"],
    ),
    "an AppArmor profile in the annotation alone": ("Pod", annotated(APP_ARMOR, "localhost/web"), []),
    "an AppArmor profile that is none": ("Pod", annotated(APP_ARMOR, "web"), [f"wrong-format {at(APP_ARMOR)}"]),
    "an AppArmor profile of nobody": (
        "Pod",
        annotated(APP_ARMOR[:-1], "runtime/default"),
        [f"unknown-container {at(APP_ARMOR[:-1])}"],
    ),
    "an annotation of the pods of a template": (
        "PodTemplate",
        f"template: {{metadata: {{annotations: {{{COST}: a}}}}, {SPEC}}}",
        [f"wrong-format template.{at(COST)}"],
    ),
    "annotations of a template that are too large": (
        "PodTemplate",
        f"template: {{metadata: {{annotations: {{a: {'b' * 262144}}}}}, {SPEC}}}",
        ["too-large template.metadata.annotations"],
    ),
    "annotations of letters that are two bytes": (
        "ConfigMap",
        f"metadata: {{name: a, annotations: {{a: {'é' * 131072}}}}}",
        ["too-large metadata.annotations"],
    ),
    "finalizers": ("ConfigMap", "metadata: {name: a, finalizers: [orphan, example.org/a]}", []),
    "finalizers without a domain": (
        "ConfigMap",
        "metadata: {name: a, finalizers: [cleanup, a b/c]}",
        ["wrong-format metadata.finalizers[0]", "wrong-format metadata.finalizers[1]"],
    ),
    "finalizers that exclude each other": (
        "ConfigMap",
        "metadata: {name: a, finalizers: [foregroundDeletion, orphan]}",
        ["wrong-combination metadata.finalizers"],
    ),
    "finalizers of a namespace": (
        "Namespace",
        "spec: {finalizers: [kubernetes, cleanup]}",
        ["wrong-format spec.finalizers[1]"],
    ),
    "a kind whose finalizers need no domain": (
        "CustomResourceDefinition",
        "metadata: {name: a, finalizers: [customresourcecleanup.apiextensions.k8s.io]}",
        [],
    ),
    "an owner": ("ConfigMap", f"metadata: {{name: a, ownerReferences: [{{{OWNER}, controller: true}}]}}", []),
    "owners that control both": (
        "ConfigMap",
        f"metadata: {{name: a, ownerReferences: [{{{OWNER}, controller: true}}, {{{OWNER}, controller: true}}]}}",
        ["duplicate metadata.ownerReferences[1].controller"],
    ),
    "owners that own nothing": (
        "ConfigMap",
        """metadata:
  name: a
  ownerReferences:
  - {apiVersion: v1, kind: Event, name: a, uid: b}
  - {apiVersion: a/b/c, kind: D, name: a, uid: b}
""",
        ["wrong-choice metadata.ownerReferences[0].kind", "wrong-format metadata.ownerReferences[1].apiVersion"],
    ),
    "a generation before the first": (
        "ConfigMap",
        "metadata: {name: a, generation: -1}",
        ["out-of-range metadata.generation"],
    ),
}


@pytest.mark.parametrize(("kind", "text", "expected"), CASES.values(), ids=CASES)
def test_metadata_is_answered(said: Callable[[str, str], list[str]], kind: str, text: str, expected: list[str]) -> None:
    assert said(kind, text) == expected
