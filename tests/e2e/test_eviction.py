"""A node that is short of something, for real: thresholds that are surely met, and volumes that are overfilled."""

import json
from pathlib import Path
from typing import Any

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.manifests import bare_pod, deployment
from tests.e2e.proxy import EngineProxy
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

HOLD = 4
"""Seconds for which a condition stays after the last look that met it."""


def configure(stage: Stage, hard: str) -> tuple[str, ...]:
    """The options of a command with these thresholds; the default ones, but for the hold, when there are none."""
    path = stage.root / "config.toml"
    source = f'[[source]]\nname = "apps"\nurl = "{stage.repository}"\n'
    path.write_text(f"{source}\n[eviction]\ntransition_period = {HOLD}\n[eviction.hard]\n{hard}\n")
    return ("--config", str(path))


def more_than_there_is() -> str:
    return f'"memory.available" = "{2 * total_memory()}"'


def total_memory() -> int:
    (line,) = (each for each in Path("/proc/meminfo").read_text().splitlines() if each.startswith("MemTotal"))
    return int(line.split()[1]) * 1024


def pods(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(stage.ask("get", "pods", "-o", "json"))["items"]
    return found


def failed(stage: Stage) -> list[dict[str, Any]]:
    return [pod for pod in pods(stage) if pod["status"]["phase"] == "Failed"]


def test_a_bare_pod_is_evicted_for_memory_and_comes_back_when_there_is_enough(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("tiny")})
    stage.sync()
    (before,) = stage.sandboxes()
    with stage.daemon(options=configure(stage, more_than_there_is())):
        (pod,) = eventually(lambda: failed(stage), what="an evicted pod")
        assert pod["status"]["reason"] == "Evicted"
        assert pod["status"]["message"].startswith("The node was low on resource: memory. Threshold quantity: ")
        assert "Container main was using " in pod["status"]["message"]
        eventually(lambda: [each.name for each in stage.seen() if each.name.endswith("_evicted")] == _names(stage))
        eventually(lambda: "Evicted" in stage.ask("events"), what="the event, once the pod is gone")
    described = stage.ask("describe", "pod", "tiny")
    assert "Status:           Failed" in described
    assert "Reason:           Evicted" in described
    assert "MemoryPressure" in stage.ask("get", "nodes", "-o", "json")
    assert "EvictionThresholdMet" in stage.ask("events", "-A")
    with stage.daemon(options=configure(stage, "")):
        (after,) = eventually(lambda: stage.running("tiny"), what="the pod is back")
        assert after.labels[labels.UID] != before.labels[labels.UID]
        eventually(lambda: not failed(stage))
    stage.wait_settled()


def test_the_machine_of_an_engine_elsewhere_is_looked_at_through_a_pod(stage: Stage, docker_engine_url: str) -> None:
    elsewhere = EngineProxy(None, docker_engine_url)
    with stage.daemon(env={"DOCKER_HOST": elsewhere.url}, options=configure(stage, more_than_there_is())):
        not_yet = f"pressure on the node is not watched: the engine is at {elsewhere.url}, and no pod runs there"
        eventually(lambda: not_yet in stage.log())
        stage.push({"a.yaml": bare_pod("tiny", container="resources: {requests: {memory: 1Mi}}")})
        (pod,) = eventually(lambda: failed(stage), what="an evicted pod")
    assert "The node was low on resource: memory. Threshold quantity: " in pod["status"]["message"]
    assert "pressure on the node is watched" in stage.log()
    described = stage.run("describe", "node", env={"DOCKER_HOST": elsewhere.url}).stdout
    assert f"<unknown>: the engine is at {elsewhere.url}: only the daemon looks at it, through a pod" in described
    elsewhere.shut()


def test_pods_without_requests_wait_under_memory_pressure_and_others_come(stage: Stage) -> None:
    with stage.daemon(options=configure(stage, more_than_there_is())):
        eventually(lambda: "MemoryPressure" in stage.ask("get", "nodes", "-o", "json"))
        stage.push({"a.yaml": bare_pod("best"), "b.yaml": deployment("web", replicas=1)})
        eventually(lambda: stage.running("web"))
        assert not stage.running("best")
        waiting = eventually(lambda: stage.ask("events", "--for", "pod/best"))
        assert "FailedScheduling" in waiting
        assert "node.kubernetes.io/memory-pressure" in waiting


def test_a_short_disk_costs_dead_containers_first_then_a_pod_and_keeps_others_out(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("crashes", pod="volumes: [{name: data, emptyDir: {}}]")})
    stage.sync()
    (alive,) = stage.running("crashes")
    stage.client.kill(alive.id)
    stage.sync()
    dead = [each for each in stage.seen() if each.container and each.state == "exited"]
    assert dead
    with stage.daemon(options=configure(stage, '"nodefs.available" = "100%"')):
        eventually(lambda: not [each for each in stage.seen() if each.id == dead[0].id], what="the dead one is gone")
        (pod,) = eventually(lambda: failed(stage), what="an evicted pod")
        assert "The node was low on resource: ephemeral-storage. " in pod["status"]["message"]
        stage.push({"b.yaml": deployment("web", replicas=1)})
        eventually(lambda: "node.kubernetes.io/disk-pressure" in stage.ask("events"))
        assert not stage.running()
    assert not stage.volumes()


def test_a_volume_that_is_overfilled_costs_the_pod_and_no_other(stage: Stage) -> None:
    volume = "volumes: [{name: cache, emptyDir: {sizeLimit: 2Mi}}]"
    mount = "volumeMounts: [{name: cache, mountPath: /cache}]"
    stage.push({"a.yaml": bare_pod("fills", pod=volume, container=mount), "b.yaml": bare_pod("neighbour")})
    stage.sync()
    (neighbour,) = stage.running("neighbour")
    (before,) = stage.running("fills")
    stage.inside("fills", "dd if=/dev/zero of=/cache/file bs=1M count=4 2>/dev/null")
    assert 'exceeds the limit "2Mi"' in stage.ask("diff")
    with stage.daemon():
        (after,) = eventually(
            lambda: [each for each in stage.running("fills") if each.labels[labels.UID] != before.labels[labels.UID]]
        )
        assert stage.inside("fills", "ls /cache") == ""
    assert [each.id for each in stage.running("neighbour")] == [neighbour.id]
    volumes = stage.client.volumes(filters={"label": f"{labels.UID}={before.labels[labels.UID]}"})["Volumes"] or []
    assert volumes == []
    assert 'Usage of EmptyDir volume "cache" exceeds the limit "2Mi"' in stage.ask("events")
    assert after.id != before.id


def test_what_a_container_writes_and_logs_counts_against_its_limit(stage: Stage) -> None:
    limit = "resources: {limits: {ephemeral-storage: 2Mi}}"
    stage.push({"a.yaml": bare_pod("writes", container=limit), "b.yaml": bare_pod("logs", container=limit)})
    stage.sync()
    stage.wait_settled()
    stage.inside("writes", "dd if=/dev/zero of=/file bs=1M count=3 2>/dev/null")
    stage.inside("logs", "dd if=/dev/zero bs=1M count=3 2>/dev/null | tr '\\\\0' x | fold -w 100 > /proc/1/fd/1")
    report = stage.ask("diff")
    assert report.count("exceeds the total limit of containers 2Mi") >= 2
    assert "evicted" not in stage.ask("get", "pods").lower()


def _names(stage: Stage) -> list[str]:
    return [each.name for each in stage.seen()]
