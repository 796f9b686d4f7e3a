"""Deployments, StatefulSets, DaemonSets and their elders."""

from collections.abc import Callable

import pytest

POD = "spec: {containers: [{name: main, image: busybox}]}"
TEMPLATE = f"template: {{metadata: {{labels: {{app: web}}}}, {POD}}}"
SOUND = f"selector: {{matchLabels: {{app: web}}}}, {TEMPLATE}"
ON_HOST = (
    "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, "
    "spec: {containers: [{name: main, image: busybox, ports: [{containerPort: 80, hostPort: 80}]}]}}"
)
HOST_PORT = "spec.template.spec.containers[0].ports[0].hostPort (warning)"
MORTAL = TEMPLATE.replace(
    POD, "spec: {restartPolicy: Never, activeDeadlineSeconds: 5, containers: [{name: main, image: busybox}]}"
)
CLAIM = "{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"

CASES = {
    "a sound ReplicaSet": ("ReplicaSet", SOUND, []),
    "an empty selector": ("ReplicaSet", f"selector: {{}}, {TEMPLATE}", ["empty-selector spec.selector"]),
    "a selector that misses": (
        "DaemonSet",
        f"selector: {{matchLabels: {{app: other}}}}, {TEMPLATE}",
        ["selector-mismatch spec.template.metadata.labels.app"],
    ),
    "expressions that select": (
        "StatefulSet",
        f"selector: {{matchExpressions: [{{key: app, operator: In, values: [web]}}]}}, {TEMPLATE}",
        [],
    ),
    "an expression with values it does not take": (
        "Deployment",
        f"selector: {{matchExpressions: [{{key: app, operator: Exists, values: [web]}}]}}, {TEMPLATE}",
        ["wrong-expression spec.selector.matchExpressions[0]"],
    ),
    "a ReplicationController selects by its template": ("ReplicationController", TEMPLATE, []),
    "a ReplicationController that misses": (
        "ReplicationController",
        f"selector: {{app: other}}, {TEMPLATE}",
        ["selector-mismatch spec.template.metadata.labels.app"],
    ),
    "pods that end under a controller": (
        "ReplicaSet",
        f"selector: {{matchLabels: {{app: web}}}}, {MORTAL}",
        [
            "wrong-restart-policy spec.template.spec.restartPolicy",
            "wrong-combination spec.template.spec.activeDeadlineSeconds",
        ],
    ),
    "an empty restart policy is Always": (
        "ReplicaSet",
        SOUND.replace("{containers", "{restartPolicy: '', containers"),
        [],
    ),
    "several pods for one port of the node": (
        "ReplicaSet",
        f"replicas: 2, {ON_HOST}",
        [f"host-port-shared {HOST_PORT}"],
    ),
    "an update that waits for ever": ("Deployment", ON_HOST, [f"host-port-update {HOST_PORT}"]),
    "an update that takes the pod down first": (
        "Deployment",
        f"strategy: {{rollingUpdate: {{maxSurge: 0, maxUnavailable: 1}}}}, {ON_HOST}",
        [],
    ),
    "Recreate with numbers": (
        "Deployment",
        f"strategy: {{type: Recreate, rollingUpdate: {{maxSurge: 1}}}}, {SOUND}",
        ["wrong-strategy spec.strategy.rollingUpdate"],
    ),
    "no room to update": (
        "Deployment",
        f"strategy: {{rollingUpdate: {{maxSurge: 0, maxUnavailable: 0%}}}}, {SOUND}",
        ["no-room-to-update spec.strategy.rollingUpdate"],
    ),
    "more than all pods unavailable": (
        "Deployment",
        f"strategy: {{rollingUpdate: {{maxUnavailable: 101%}}}}, {SOUND}",
        ["out-of-range spec.strategy.rollingUpdate.maxUnavailable"],
    ),
    "more than all pods in surge": ("Deployment", f"strategy: {{rollingUpdate: {{maxSurge: 200%}}}}, {SOUND}", []),
    "a deadline before the end": (
        "Deployment",
        f"minReadySeconds: 60, progressDeadlineSeconds: 60, {SOUND}",
        ["out-of-range spec.progressDeadlineSeconds"],
    ),
    "the usual deadline before the end": (
        "Deployment",
        f"minReadySeconds: 600, {SOUND}",
        ["out-of-range spec.minReadySeconds"],
    ),
    "a set with a claim that it mounts": (
        "StatefulSet",
        f"volumeClaimTemplates: [{CLAIM}], "
        + SOUND.replace("image: busybox", "image: busybox, volumeMounts: [{name: data, mountPath: /data}]"),
        [],
    ),
    "two claim templates of one name": (
        "StatefulSet",
        f"volumeClaimTemplates: [{CLAIM}, {CLAIM}], {SOUND}",
        ["duplicate spec.volumeClaimTemplates[1].metadata.name"],
    ),
    "a claim template that says nothing": (
        "StatefulSet",
        f"volumeClaimTemplates: [{{spec: {{}}}}], {SOUND}",
        [
            "missing-field spec.volumeClaimTemplates[0].metadata.name",
            "missing-field spec.volumeClaimTemplates[0].spec.accessModes",
            "missing-field spec.volumeClaimTemplates[0].spec.resources.requests.storage",
        ],
    ),
    "a claim template and a volume of one name": (
        "StatefulSet",
        f"volumeClaimTemplates: [{CLAIM}], {SOUND.replace('{containers', '{volumes: [{name: data}], containers')}",
        ["duplicate spec.volumeClaimTemplates[0].metadata.name (warning)"],
    ),
    "OnDelete with a partition": (
        "StatefulSet",
        f"updateStrategy: {{type: OnDelete, rollingUpdate: {{partition: 1}}}}, {SOUND}",
        ["wrong-strategy spec.updateStrategy.rollingUpdate"],
    ),
    "a set that may lose no pod": (
        "StatefulSet",
        f"updateStrategy: {{rollingUpdate: {{maxUnavailable: 0}}}}, {SOUND}",
        ["out-of-range spec.updateStrategy.rollingUpdate.maxUnavailable"],
    ),
    "a DaemonSet that surges": (
        "DaemonSet",
        f"updateStrategy: {{rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}}}, {SOUND}",
        [],
    ),
    "a DaemonSet that surges and takes down": (
        "DaemonSet",
        f"updateStrategy: {{rollingUpdate: {{maxSurge: 1}}}}, {SOUND}",
        ["wrong-combination spec.updateStrategy.rollingUpdate.maxSurge"],
    ),
    "a DaemonSet with no room": (
        "DaemonSet",
        f"updateStrategy: {{rollingUpdate: {{maxUnavailable: 0}}}}, {SOUND}",
        ["no-room-to-update spec.updateStrategy.rollingUpdate"],
    ),
    "a DaemonSet on a port of the node": ("DaemonSet", ON_HOST, []),
    "a DaemonSet that surges on a port of the node": (
        "DaemonSet",
        f"updateStrategy: {{rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}}}, {ON_HOST}",
        [f"host-port-update {HOST_PORT}"],
    ),
}


@pytest.mark.parametrize(("kind", "spec", "expected"), CASES.values(), ids=CASES)
def test_a_controller_is_answered(
    said: Callable[[str, str], list[str]], kind: str, spec: str, expected: list[str]
) -> None:
    assert said(kind, f"spec: {{{spec}}}") == expected


def test_a_pod_template_is_checked_like_a_pod(said: Callable[[str, str], list[str]]) -> None:
    text = "template: {spec: {containers: [{name: a, image: a}, {name: a, image: a}]}}"
    assert said("PodTemplate", text) == ["duplicate template.spec.containers[1].name"]


def test_our_own_labels_are_not_given_by_users(said: Callable[[str, str], list[str]]) -> None:
    labels = "{gitpod-sync.io/pod: a}"
    text = f"{{metadata: {{name: a, labels: {labels}}}, template: {{metadata: {{labels: {labels}}}, {POD}}}}}"
    assert said("PodTemplate", text) == [
        "reserved-label metadata.labels['gitpod-sync.io/pod']",
        "reserved-label template.metadata.labels['gitpod-sync.io/pod']",
    ]


def test_annotations_are_no_store(said: Callable[[str, str], list[str]]) -> None:
    text = f"{{metadata: {{name: a, annotations: {{a: {'x' * 262144}}}}}}}"
    assert said("Namespace", text) == ["too-large metadata.annotations"]
