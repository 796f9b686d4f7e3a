"""DaemonSets on a real engine: one pod on the node, handed over without a gap where it surges."""

import pytest

from tests.e2e.manifests import RUN
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

SURGE = "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}"


def daemon_set(version: str = "1", fields: str = "") -> str:
    return f"""\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  minReadySeconds: 1
  {fields}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - {{name: main, image: IMAGE, command: [/bin/sh, -c, "{RUN}"], env: [{{name: VERSION, value: "{version}"}}]}}
"""


def versions(stage: Stage) -> list[str]:
    """Of each running pod of the set."""
    found = [stage.client.inspect_container(each.id)["Config"]["Env"] for each in stage.running("agent-", "main")]
    return sorted(each.removeprefix("VERSION=") for env in found for each in env if each.startswith("VERSION="))


def available(stage: Stage) -> bool:
    """Whether all that is said of the set is that it has its pod, which has been ready for long enough."""
    rows = stage.ask("get", "daemonset").splitlines()
    return [row.split()[:6] for row in rows[1:]] == [["agent", "1", "1", "1", "1", "1"]]


@pytest.mark.parametrize(("fields", "fewest", "most"), [("", 0, 1), (SURGE, 1, 2)], ids=["in its place", "surging"])
def test_an_update_hands_the_node_over_from_one_pod_to_the_next(
    stage: Stage, fields: str, fewest: int, most: int
) -> None:
    stage.push({"agent.yaml": daemon_set(fields=fields)})
    with stage.daemon():
        eventually(lambda: available(stage))
        assert versions(stage) == ["1"]
        stage.push({"agent.yaml": daemon_set("2", fields)})
        counts = []

        def look() -> bool:
            running = stage.running("agent-", "main")
            counts.append(len(running))
            return len(running) == 1 and versions(stage) == ["2"]

        eventually(look)
        eventually(lambda: available(stage))
        stage.wait_settled()
    assert fewest <= min(counts)
    assert max(counts) <= most
    header, _ = stage.run("get", "daemonset").stdout.splitlines()
    assert header.split()[:6] == ["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE"]
