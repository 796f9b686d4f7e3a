"""What one workload asks for is nobody else's trouble."""

import json

import pytest

from tests.e2e.manifests import bare_pod, deployment
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

HUGE = 2**31 - 1
DOUBLED = ", ".join(f"{{name: E{each}, value: $(E{each - 1})$(E{each - 1})}}" for each in range(1, 31))
CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: few}\ndata: {E0: "0123456789"}\n'


def test_too_many_replicas_and_text_without_end_stop_nobody_else(stage: Stage) -> None:
    memory = int(stage.client.info()["MemTotal"] * 0.4)
    huge = deployment("huge", replicas=HUGE).replace("cpu: 10m", f"memory: {memory}").replace("memory: 32Mi, ", "")
    bomb = bare_pod("bomb", container=f"envFrom: [{{configMapRef: {{name: few}}}}], env: [{DOUBLED}]")
    stage.push({"huge.yaml": huge, "bomb.yaml": bomb, "config.yaml": CONFIG, "web.yaml": deployment()})
    with stage.daemon():
        eventually(lambda: len(stage.running("web")) == len(stage.running("huge")) == 2, within=180, what=stage.log)
        found = json.loads(stage.ask("get", "deployment", "huge", "-o", "json"))
        assert (found["spec"]["replicas"], found["status"]["replicas"]) == (HUGE, 2)
        differs = stage.ask("diff")
        assert f"and {HUGE - 3} more like it: Unschedulable: 0/1 nodes are available: 1 Insufficient memory." in differs
        assert (
            "container main of pod default/bomb: CreateContainerConfigError: the variable `E14` is too long" in differs
        )
        lost = stage.running("web")[0]
        (sandbox,) = (each for each in stage.sandboxes() if each.pod == lost.pod)
        stage.client.remove_container(sandbox.id, force=True)
        eventually(lambda: len(stage.running("web")) == 2 and lost not in stage.running(), within=180, what=stage.log)
        stage.push({"huge.yaml": None, "bomb.yaml": None})
        stage.wait_settled(within=180)
