"""The model to JSON and back, and hashes that only meaning changes."""

from typing import Any

from gitpod_sync.model.codec import canonical, decode, encode
from gitpod_sync.model.hashing import template_hash
from gitpod_sync.model.pod import PodTemplate
from gitpod_sync.model.workloads import DeploymentSpec

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
