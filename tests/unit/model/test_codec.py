"""The model to JSON and back, and hashes that only meaning changes."""

from typing import Any

from gitpod_sync.model.base.codec import canonical, decode, encode
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.workloads.workloads import DeploymentSpec, Pod
from tests.support.simulation import desired_from

TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {
        "containers": [
            {
                "name": "web",
                "image": "web:1",
                "ports": [{"containerPort": 80, "hostIP": "127.0.0.1", "hostPort": 8080}],
                "resources": {"limits": {"memory": "64Mi"}},
                "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True}],
            }
        ],
        "volumes": [{"name": "data", "emptyDir": {}}],
    },
}


def test_json_survives_the_way_in_and_out() -> None:
    assert encode(decode(PodTemplate, TEMPLATE)) == TEMPLATE


def test_a_choice_becomes_plain_text() -> None:
    written = encode(decode(PodTemplate, {"spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}}))
    assert type(written["spec"]["restartPolicy"]) is str


def test_a_default_written_out_hashes_like_one_left_unsaid() -> None:
    said = decode(PodTemplate, {**TEMPLATE, "spec": {**TEMPLATE["spec"], "restartPolicy": "Always", "hostname": None}})
    assert template_hash(said) == template_hash(decode(PodTemplate, TEMPLATE))


def test_any_other_value_changes_the_hash() -> None:
    other = decode(PodTemplate, {**TEMPLATE, "spec": {**TEMPLATE["spec"], "hostname": "h"}})
    assert template_hash(other) != template_hash(decode(PodTemplate, TEMPLATE))


def test_the_canonical_text_is_sorted_and_without_spaces() -> None:
    text = canonical(decode(PodTemplate, TEMPLATE))
    assert text.startswith('{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"web:1"')


def test_a_count_or_percentage_is_read_and_written_as_it_stands() -> None:
    rolling = {"strategy": {"rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 0}}, "template": TEMPLATE}
    assert encode(decode(DeploymentSpec, rolling)) == rolling


def test_numbers_of_probes_that_say_the_default_change_no_hash() -> None:
    def hashed(numbers: str) -> str:
        probe = f"{{exec: {{command: [check]}}{numbers}}}"
        spec = f"{{containers: [{{name: main, image: 'web:1', livenessProbe: {probe}}}]}}"
        desired = desired_from(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n")
        (pod,) = desired.workloads.values()
        assert isinstance(pod, Pod)
        return template_hash(pod.template)

    defaults = (
        ", initialDelaySeconds: 0, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3"
    )
    zeros = ", timeoutSeconds: 0, periodSeconds: 0, successThreshold: 0, failureThreshold: 0"
    assert hashed("") == hashed(defaults) == hashed(zeros) != hashed(", periodSeconds: 5")
