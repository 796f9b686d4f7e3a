"""What the pods of a DaemonSet tolerate beside what they say, and that their version can be told all the same."""

from dataclasses import replace

import pytest

from gitpod_sync.controllers.daemon_set.daemon_pod import compute_daemon_template, daemon_version_behind
from gitpod_sync.model.base.codec import decode
from gitpod_sync.model.base.meta import Key
from gitpod_sync.model.engine.pods import PodIdentity
from gitpod_sync.model.pods.hashing import template_hash
from gitpod_sync.model.pods.pod import PodTemplate
from gitpod_sync.model.scheduling.taints import DISK_PRESSURE, UNSCHEDULABLE, Taint, TaintEffect

OWN = [{"key": "team", "operator": "Exists"}]
AS_ADDED = [{"key": UNSCHEDULABLE, "operator": "Exists", "effect": "NoSchedule"}]


def template_of(tolerations: list[dict[str, str]], *, host_network: bool = False) -> PodTemplate:
    containers = [{"name": "main", "image": "agent:1"}]
    spec = {"containers": containers, "tolerations": tolerations, "hostNetwork": host_network}
    return decode(PodTemplate, {"spec": spec})


@pytest.mark.parametrize("said", [[], OWN, AS_ADDED, [*AS_ADDED, *OWN]])
def test_daemons_come_under_pressure_and_to_a_cordoned_node(said: list[dict[str, str]]) -> None:
    template = template_of(said)
    made = compute_daemon_template(template, "v1")
    for key in (UNSCHEDULABLE, DISK_PRESSURE):
        taint = Taint(key, "", TaintEffect.NO_SCHEDULE)
        assert any(each.tolerates(taint) for each in made.spec.tolerations)
    assert len(set(made.spec.tolerations)) == len(made.spec.tolerations)
    hashed = template_hash(template)
    owner = Key("DaemonSet", "default", "agent")
    identity = PodIdentity("default", "agent-a", "uid", owner, made, hashed)
    assert daemon_version_behind(identity) == template
    assert daemon_version_behind(replace(identity, template_hash="another")) is None


def test_on_the_network_of_the_node_they_come_before_it_is_there() -> None:
    taint = Taint("node.kubernetes.io/network-unavailable", "", TaintEffect.NO_SCHEDULE)
    found = [
        any(each.tolerates(taint) for each in compute_daemon_template(template, "v1").spec.tolerations)
        for template in (template_of([], host_network=True), template_of([]))
    ]
    assert found == [True, False]
