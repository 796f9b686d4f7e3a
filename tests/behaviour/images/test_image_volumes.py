"""Images as volumes, on the simulated engine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gitpod_sync.model.engine.container import MountKind
from gitpod_sync.model.engine.features import EngineFeatures
from tests.support.simulation import Simulation, desired_from, simulation

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  volumes: [{name: files, image: {reference: "files:2", pullPolicy: POLICY}}]
  containers:
  - name: main
    image: "app:1"
    volumeMounts:
    - {name: files, mountPath: /files}
    - {name: files, mountPath: /doc, subPath: share/doc}
"""


@pytest.fixture
def sim() -> Iterator[Simulation]:
    with simulation() as made:
        made.engine.node = replace(made.engine.node, features=EngineFeatures(lacks={}))
        made.desired = desired_from(POD.replace("POLICY", "IfNotPresent"))
        yield made


def test_an_image_is_pulled_and_mounted_read_only(sim: Simulation) -> None:
    sim.converge()
    assert "files:2" in sim.engine.images
    found = {(each.target, each.kind, each.source, each.read_only, each.sub_path) for each in sim.mounts("app", "main")}
    assert found == {
        ("/files", MountKind.IMAGE, "files:2", True, ""),
        ("/doc", MountKind.IMAGE, "files:2", True, "share/doc"),
    }
    assert not sim.run_pass().steps


def test_no_container_starts_before_the_image_is_there(sim: Simulation) -> None:
    sim.engine.absent.add("files:2")
    for _ in range(3):
        plan = sim.run_pass()
    assert {each.reason for each in plan.waiting} == {"ErrImagePull"}
    assert sim.alive() == []
    sim.engine.absent.clear()
    sim.converge()


def test_an_image_that_is_never_pulled_has_to_be_there(sim: Simulation) -> None:
    sim.desired = desired_from(POD.replace("POLICY", "Never"))
    for _ in range(3):
        plan = sim.run_pass()
    assert {each.reason for each in plan.waiting} == {"ErrImageNeverPull"}


def test_an_engine_that_cannot_is_the_reason_at_the_pod(sim: Simulation) -> None:
    sim.engine.node = replace(sim.engine.node, features=EngineFeatures())
    for _ in range(3):
        plan = sim.run_pass()
    (waiting,) = plan.waiting
    assert waiting.reason == "CreateContainerConfigError"
    assert waiting.message.startswith("volume files is an image, which needs a newer engine")
    assert sim.alive() == []
