"""Pods that wait for a place on a real node, take the place of others, and suit the node or not."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

CLASS = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n"


def asking(stage: Stage, share: float) -> str:
    """Requests of a share of the node's memory; nothing is used of it."""
    return f"resources: {{requests: {{memory: {int(stage.client.info()['MemTotal'] * share)}}}}}"


def pod(stage: Stage, name: str) -> Any:
    found = stage.ask("get", "pod", name, "-o", "json")
    return json.loads(found) if found else None


def wait_for_pods(stage: Stage, *names: str) -> None:
    def there() -> bool:
        return sorted(each.pod for each in stage.running()) == sorted(f"default/{name}" for name in names)

    eventually(there, what=lambda: f"{names} run\n{stage.ask('get', 'pods')}")


def test_a_pod_without_room_waits_and_says_why_and_comes_when_its_neighbour_goes(stage: Stage) -> None:
    most = asking(stage, 0.6)
    stage.push({"a.yaml": bare_pod("first", container=most)})
    with stage.daemon():
        wait_for_pods(stage, "first")
        stage.push({"b.yaml": bare_pod("second", container=most)})
        eventually(lambda: "FailedScheduling" in stage.ask("events"), what="the event")
        assert "0/1 nodes are available: 1 Insufficient memory." in stage.ask("describe", "pod", "second")
        found = pod(stage, "second")
        (condition,) = found["status"]["conditions"]
        assert (found["status"]["phase"], condition["type"], condition["status"], condition["reason"]) == (
            "Pending",
            "PodScheduled",
            "False",
            "Unschedulable",
        )
        assert "Pending" in stage.ask("get", "pods")
        stage.push({"a.yaml": None})
        wait_for_pods(stage, "second")
    assert pod(stage, "second")["spec"]["nodeName"] == stage.client.info()["Name"].lower()


def test_a_more_important_pod_takes_the_place_of_another_within_its_grace_period(stage: Stage) -> None:
    most = asking(stage, 0.6)
    lingers = "trap 'sleep 1; exit 0' TERM; while :; do sleep 0.1 & wait; done"
    stage.push({"a.yaml": bare_pod("low", container=most, command=lingers)})
    with stage.daemon():
        wait_for_pods(stage, "low")
        (low,) = stage.running("low")
        began = time.monotonic()
        stage.push({"class.yaml": CLASS, "b.yaml": bare_pod("vip", pod="priorityClassName: high", container=most)})
        wait_for_pods(stage, "vip")
        assert time.monotonic() - began >= 1.0
        assert not [each for each in stage.seen() if each.id == low.id]
        events = stage.ask("events")
        assert "Preempted by pod default/vip of priority 1000" in events
        assert pod(stage, "vip")["spec"]["priority"] == 1000
        eventually(lambda: pod(stage, "low")["status"]["phase"] == "Pending", what="low waits")
        vip = stage.running("vip")[0].id
        stage.push({"b.yaml": None})
        wait_for_pods(stage, "low")
        assert vip not in {each.id for each in stage.seen()}


def test_labels_and_taints_of_the_node_decide(stage: Stage, tmp_path: Path) -> None:
    def sync(node: str) -> str:
        config = tmp_path / "config.toml"
        config.write_text(f"[node]\n{node}\n")
        stage.run("sync", "--timeout", "6", "--config", str(config))
        return stage.ask("get", "pods", "--config", str(config))

    tolerant = "tolerations: [{key: dedicated, operator: Exists}]"
    stage.push(
        {
            "a.yaml": bare_pod("on-ssd", pod=f"nodeSelector: {{disk: ssd}}, {tolerant}"),
            "b.yaml": bare_pod("anywhere", pod="nodeSelector: {kubernetes.io/os: linux}"),
        }
    )
    assert sync("").count("Running") == 1
    wait_for_pods(stage, "anywhere")
    sync('labels = { disk = "ssd" }')
    wait_for_pods(stage, "anywhere", "on-ssd")
    sync('labels = { disk = "ssd" }\ntaints = ["dedicated=build:NoSchedule"]')
    wait_for_pods(stage, "anywhere", "on-ssd")
    found = sync('taints = ["dedicated=build:NoExecute"]')
    wait_for_pods(stage, "on-ssd")
    assert "Pending" in found


def test_a_bare_pod_grows_once_there_is_room(stage: Stage) -> None:
    small, large = (
        "resources: {{limits: {{memory: {}}}}}".format(int(stage.client.info()["MemTotal"] * share))
        for share in (0.2, 0.6)
    )
    stage.push(
        {"a.yaml": bare_pod("grows", container=small), "b.yaml": bare_pod("other", container=asking(stage, 0.6))}
    )
    with stage.daemon():
        wait_for_pods(stage, "grows", "other")
        (before,) = stage.running("grows")
        stage.push({"a.yaml": bare_pod("grows", container=large)})
        eventually(lambda: "ResizeDeferred" in stage.ask("describe", "pod", "grows"), what="it is deferred")
        assert "PodResizePending" in stage.ask("get", "pod", "grows", "-o", "yaml")
        stage.push({"b.yaml": None})
        most = int(stage.client.info()["MemTotal"] * 0.6)

        def has_grown() -> bool:
            limit = stage.client.inspect_container(before.id)["HostConfig"]["Memory"]
            return abs(int(limit) - most) < 2**16

        eventually(has_grown, what="it has grown where it stands")
