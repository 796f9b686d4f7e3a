"""The node as people see it: listed, as an object, and described."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitpod_sync.cli.main import cli
from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.model.ownership import Owner, owner_labels
from gitpod_sync.model.records.pressure import Level, Signal
from gitpod_sync.model.workloads.local_time import render_rfc3339
from tests.support.simulation import Simulation, desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: "web:1"
    resources: {requests: {cpu: 500m, memory: 4Gi}, limits: {memory: 8Gi, ephemeral-storage: 10Gi}}
"""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Simulation]:
    with simulation() as world:

        @contextmanager
        def lend(*_arguments: object) -> Iterator[object]:
            yield world.engine

        for command in ("commands.nodes", "commands.describe", "commands.get"):
            monkeypatch.setattr(f"gitpod_sync.cli.{command}.open_observer", lend)
        monkeypatch.setenv("GITPOD_SYNC_STATE_DIR", str(tmp_path))
        world.desired = desired_from(POD)
        world.converge()
        yield world


def type_in(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--instance", "sim", *arguments])


def conditions() -> dict[str, str]:
    node = json.loads(type_in("get", "node", "simulated", "-o", "json").stdout)
    return {each["type"]: each["status"] for each in node["status"]["conditions"]}


def test_a_node_that_is_well_is_ready(world: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    world.clock.advance(65)
    monkeypatch.setattr(time, "time", world.clock)
    lines = [line.split() for line in type_in("get", "nodes").stdout.splitlines()]
    assert lines == [["NAME", "STATUS", "ROLES", "AGE", "VERSION"], ["simulated", "Ready", "<none>", "65s", "1"]]
    assert "simulated://1" in type_in("get", "no", "-o", "wide").stdout
    assert conditions() == {"MemoryPressure": "False", "DiskPressure": "False", "Ready": "True"}


def test_the_age_of_a_node_is_that_of_what_its_pods_stand_on(world: Simulation) -> None:
    began = world.began
    world.clock.advance(86_400)
    world.hand.kill(world.find("web", "main").id)
    world.converge()
    node = json.loads(type_in("get", "node", "simulated", "-o", "json").stdout)
    assert node["metadata"]["creationTimestamp"] == render_rfc3339(began)
    assert "CreationTimestamp:  " in type_in("describe", "node").stdout
    world.desired = desired_from("")
    world.converge()
    assert type_in("get", "nodes").stdout.splitlines()[1].split()[3] == "<unknown>"


def test_a_node_without_pods_is_as_old_as_the_mark_of_the_instances_owner(world: Simulation) -> None:
    world.desired = desired_from("")
    world.converge()
    owned = world.clock()
    world.engine.own_instance(owner_labels(world.instance, Owner("a", "host", "/state")))
    world.clock.advance(86_400)
    node = json.loads(type_in("get", "node", "simulated", "-o", "json").stdout)
    assert node["metadata"]["creationTimestamp"] == render_rfc3339(owned)


def test_pressure_is_told_beside_ready(world: Simulation) -> None:
    world.engine.levels[Signal.IMAGEFS_AVAILABLE] = Level(1, 100)
    assert type_in("get", "nodes").stdout.splitlines()[1].split()[1] == "Ready,DiskPressure"
    assert conditions()["DiskPressure"] == "True"


def test_what_cannot_be_looked_at_is_unknown(world: Simulation) -> None:
    world.engine.levels.clear()
    assert conditions() == {"MemoryPressure": "Unknown", "DiskPressure": "Unknown", "Ready": "True"}


@pytest.mark.usefixtures("world")
def test_a_node_is_described_with_what_is_asked_of_it_and_what_is_left() -> None:
    text = type_in("describe", "node").stdout
    for told in (
        "Name:               simulated",
        "KubeletHasSufficientMemory",
        "Container Runtime Version:   simulated://1",
        "Non-terminated Pods:",
        "(1 in total)",
    ):
        assert told in text
    words = [line.split() for line in text.splitlines()]
    assert ["default", "web", "500m", "0", "4Gi", "8Gi", "0s"] in [[*each[:6], "0s"] for each in words]
    assert ["memory.available:", "8192Mi", "(50%)"] in words
    assert ["cpu", "500m", "(12%)", "0", "(0%)"] in words
    assert ["memory", "4Gi", "(25%)", "8Gi", "(50%)"] in words
    assert ["ephemeral-storage", "10Gi", "(10%)", "10Gi", "(10%)"] in words


def test_a_pod_that_is_over_holds_nothing_of_the_node(world: Simulation) -> None:
    world.engine.behaviours["web:1"] = Behaviour(exits_after=1)
    world.desired = desired_from(POD.replace("spec:", "spec:\n  restartPolicy: Never"))
    world.converge()
    world.clock.advance(2)
    text = type_in("describe", "node").stdout
    assert "(0 in total)" in text
    assert ["memory", "0", "(0%)", "0", "(0%)"] in [line.split() for line in text.splitlines()]


@pytest.mark.usefixtures("world")
def test_a_node_that_is_not_there_is_told_with_the_one_that_is() -> None:
    done = type_in("describe", "node/other")
    assert done.exit_code == 1
    assert "there is no node other" in str(done.exception)


def test_an_evicted_pod_is_listed_and_described_as_failed(world: Simulation) -> None:
    world.engine.memory_use[world.find("web", "main").name] = 5 * 1024**3
    world.engine.levels[Signal.MEMORY_AVAILABLE] = Level(1, 100)
    world.look()
    text = type_in("describe", "pod", "web").stdout
    for told in (
        "Status:           Failed",
        "Reason:           Evicted",
        "Message:          The node was low on resource: memory. Threshold quantity: ",
        "Reason:       ContainerStatusUnknown",
        "Exit Code:    137",
        "DisruptionTarget",
    ):
        assert told in text


def test_the_object_tells_what_pods_may_ask_for_and_what_keeps_them_off(world: Simulation) -> None:
    world.engine.levels[Signal.MEMORY_AVAILABLE] = Level(1, 100)
    node = json.loads(type_in("get", "node", "simulated", "-o", "json").stdout)
    assert node["metadata"]["labels"]["kubernetes.io/arch"] == "amd64"
    assert node["status"]["capacity"] == {
        "cpu": "4",
        "ephemeral-storage": f"{100 * 1024**2}Ki",
        "memory": f"{16 * 1024**2}Ki",
        "pods": "110",
    }
    assert node["status"]["allocatable"]["pods"] == "110"
    assert node["spec"] == {
        "taints": [{"key": "node.kubernetes.io/memory-pressure", "value": "", "effect": "NoSchedule"}]
    }
