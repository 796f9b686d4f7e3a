"""AppArmor profiles in annotations mean what the fields do."""

from typing import Any

import pytest

from gitpod_sync.manifests.schema.app_armor import with_profiles

MAIN = "container.apparmor.security.beta.kubernetes.io/main"
FIRST = "container.apparmor.security.beta.kubernetes.io/first"


def deployment(annotations: dict[str, str], *, pod: dict[str, Any] | None = None, main: Any = None) -> dict[str, Any]:
    spec = {
        "containers": [{"name": "main"} | ({"securityContext": main} if main else {}), {"name": "other"}],
        "initContainers": [{"name": "first", "securityContext": {"privileged": False}}],
        "securityContext": pod or {},
    }
    return {"spec": {"replicas": 1, "template": {"metadata": {"annotations": annotations}, "spec": spec}}}


def test_each_container_gets_its_own() -> None:
    made = with_profiles("Deployment", deployment({MAIN: "unconfined", FIRST: "localhost/web"}))
    spec = made["spec"]["template"]["spec"]
    assert spec["containers"] == [
        {"name": "main", "securityContext": {"appArmorProfile": {"type": "Unconfined"}}},
        {"name": "other"},
    ]
    profile = {"type": "Localhost", "localhostProfile": "web"}
    assert spec["initContainers"][0]["securityContext"] == {"privileged": False, "appArmorProfile": profile}
    assert made["spec"]["replicas"] == 1


@pytest.mark.parametrize(
    "value",
    [
        deployment({}),
        deployment({MAIN: "runtime/default", "a": "b"}),
        deployment({MAIN: "unconfined"}, pod={"appArmorProfile": {"type": "Unconfined"}}),
        deployment({MAIN: "unconfined"}, main={"appArmorProfile": {"type": "Unconfined"}}),
    ],
)
def test_what_a_field_says_stays_and_the_default_needs_none(value: dict[str, Any]) -> None:
    assert with_profiles("Deployment", value) == value


def test_a_bare_pod_has_its_own_and_what_makes_no_pods_none() -> None:
    pod = {"metadata": {"annotations": {MAIN: "unconfined"}}, "spec": {"containers": [{"name": "main"}]}}
    context = {"appArmorProfile": {"type": "Unconfined"}}
    assert with_profiles("Pod", pod)["spec"] == {"containers": [{"name": "main", "securityContext": context}]}
    assert with_profiles("ConfigMap", {"data": {}}) == {"data": {}}
