"""A real node is drained for its maintenance: a budget is kept, a crash changes nothing, and all comes back."""

import json
import signal
import subprocess
from typing import Any

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually
from tests.support.interrupts import heeding_interrupts

pytestmark = pytest.mark.docker

BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
"""
DAEMON = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      terminationGracePeriodSeconds: 2
      containers:
      - name: main
        image: IMAGE
        command: [/bin/sh, -c, "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"]
"""


def running(stage: Stage) -> list[str]:
    """Names of the pods' workloads, sorted; those on their way out are not counted."""
    ending = {each.pod for each in stage.seen() if each.ending}
    return sorted(
        each.pod.removeprefix("default/").partition("-")[0] for each in stage.running() if each.pod not in ending
    )


def node(stage: Stage) -> Any:
    (found,) = json.loads(stage.ask("get", "nodes", "-o", "json"))["items"]
    return found


def test_a_drain_keeps_a_budget_and_uncordon_brings_all_back(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=3), "budget.yaml": BUDGET, "agent.yaml": DAEMON})
    with stage.daemon():
        eventually(lambda: running(stage) == ["agent", "web", "web", "web"], what="all run")
        held = stage.run("drain", "--timeout", "20s")
        assert held.returncode == 1, held.stdout
        assert "Cannot evict pod as it would violate the pod's disruption budget." in held.stderr
        assert "is not drained after 20 s: 2 pods are left" in held.stderr
        assert running(stage) == ["agent", "web", "web"]
        assert "Ready,SchedulingDisabled" in stage.ask("get", "nodes")
        assert node(stage)["spec"]["unschedulable"] is True
        waiting = stage.ask("describe", "pod")
        assert "0/1 nodes are available: 1 node(s) were unschedulable." in waiting
        done = stage.run("drain", "--disable-eviction")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].endswith(" drained")
        assert running(stage) == ["agent"]
        assert stage.run("uncordon").stdout.endswith(" uncordoned\n")
        eventually(lambda: running(stage) == ["agent", "web", "web", "web"], what="all run again")
        assert "SchedulingDisabled" not in stage.ask("get", "nodes")


def test_a_drain_goes_on_when_the_daemon_is_killed_in_its_middle(stage: Stage) -> None:
    lingers = "trap 'sleep 2; exit 0' TERM; while :; do sleep 0.1 & wait; done"
    stage.push({"web.yaml": deployment(replicas=3, command=lingers)})
    with stage.daemon() as process:
        eventually(lambda: running(stage) == ["web"] * 3, what="all run")
        drain = subprocess.Popen(stage.command("drain"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        eventually(lambda: any(each.ending for each in stage.seen()), what="the first pod is being ended")
        process.send_signal(signal.SIGKILL)
        process.wait()
        drain.communicate(timeout=60)
        assert drain.returncode == 1
    with stage.daemon():
        eventually(lambda: not stage.seen(), what="the node is empty")
        assert stage.run("drain").returncode == 0
        stage.run("uncordon")
        eventually(lambda: running(stage) == ["web"] * 3, what="all run again")


def test_ctrl_c_ends_the_waiting_and_not_the_drain(stage: Stage) -> None:
    lingers = "trap 'sleep 2; exit 0' TERM; while :; do sleep 0.1 & wait; done"
    stage.push({"web.yaml": deployment(replicas=2, command=lingers)})
    with stage.daemon():
        eventually(lambda: running(stage) == ["web"] * 2, what="all run")
        with heeding_interrupts():
            drain = subprocess.Popen(stage.command("drain"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        eventually(lambda: any(each.ending for each in stage.seen()), what="the first pod is being ended")
        drain.send_signal(signal.SIGINT)
        _, told = drain.communicate(timeout=30)
        assert drain.returncode == 130, told
        assert "the drain goes on in the daemon" in told
        eventually(lambda: not stage.seen(), what="the node is empty all the same")
