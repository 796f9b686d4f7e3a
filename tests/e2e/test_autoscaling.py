"""Pods that burn CPU get company, and lose it again when they rest, on a real engine."""

import json

import pytest

from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

BUSY = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: IMAGE
        command: [/bin/sh, -c, "while :; do if [ -e /rest ]; then sleep 1; fi; done"]
        resources: {limits: {cpu: 100m, memory: 32Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 2
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}
"""


def listed(stage: Stage) -> list[str]:
    """The cells of the autoscaler's row."""
    return stage.ask("get", "hpa").splitlines()[1].split()


def test_a_load_brings_a_second_pod_and_its_end_takes_it_away(stage: Stage) -> None:
    stage.push({"web.yaml": BUSY})
    with stage.daemon():
        eventually(lambda: len(stage.running("web")) == 2, what="a second pod")
        name, reference, resource, target, *_ = listed(stage)
        assert (name, reference, resource) == ("web", "Deployment/web", "cpu:")
        assert int(target.partition("%")[0]) > 55
        for each in stage.running("web"):
            stage.inside(each.pod.partition("/")[2], "touch /rest")
        eventually(lambda: len(stage.running("web")) == 1, what="one pod")
        stage.wait_settled()
        described = stage.ask("describe", "hpa", "web")
        found = json.loads(stage.ask("get", "hpa", "web", "-o", "json"))
    assert "New size: 2; reason: cpu resource utilization (percentage of request) above target" in described
    assert "New size: 1; reason: All metrics below target" in described
    assert found["status"]["desiredReplicas"] == 1
    states = {each["type"]: each["status"] for each in found["status"]["conditions"]}
    assert (states["AbleToScale"], states["ScalingActive"]) == ("True", "True")
