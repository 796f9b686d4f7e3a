"""Cordon, drain and uncordon, typed at a terminal beside the loop, on the simulated engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gitpod_sync.engines.memory.containers import Behaviour
from gitpod_sync.loop.lock import acting
from gitpod_sync.model.records.interventions import Verb
from tests.support.desk import Terminal, beside_the_loop

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: "web:1"}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, labels: {app: web}}
spec: {selector: {matchLabels: {app: web}}, BUDGET}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: main, image: "agent:1"}]}
"""
CACHE = """\
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec:
  containers: [{name: main, image: "cache:1"}]
  volumes: [{name: data, emptyDir: {}}]
"""


class Desk(Terminal):
    """A person who looks after the node."""

    def push(self, budget: str = "maxUnavailable: 100%", **files: str) -> None:
        """These manifests beside those of web."""
        self.write(**{"web": WEB.replace("BUDGET", budget), **files})
        self.world.converge()

    @property
    def interventions(self) -> list[Verb]:
        return [each.verb for each in self.world.history.interventions() or ()]

    @property
    def running(self) -> int:
        return len(self.world.alive())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    commands = ("commands.get", "commands.describe", "commands.nodes", "node_interventions", "draining")
    with beside_the_loop(tmp_path, monkeypatch, *commands) as world, acting(tmp_path / "state", "sim"):
        yield Desk(tmp_path, world)


def test_a_cordon_stands_until_it_is_lifted_and_is_shown(desk: Desk) -> None:
    desk.push()
    assert desk.text("cordon") == "node/simulated cordoned\n"
    assert desk.text("cordon", "simulated") == "node/simulated already cordoned\n"
    assert desk.text("get", "nodes").splitlines()[1].split()[1] == "Ready,SchedulingDisabled"
    assert "Unschedulable:      true" in desk.text("describe", "node")
    assert "node.kubernetes.io/unschedulable:NoSchedule" in desk.text("describe", "node")
    assert desk.text("uncordon", "node/simulated") == "node/simulated uncordoned\n"
    assert desk.text("uncordon") == "node/simulated already uncordoned\n"
    assert desk.text("get", "nodes").splitlines()[1].split()[1] == "Ready"
    told = [each.event.reason for each in desk.world.history.events("")]
    assert told == ["NodeNotSchedulable", "NodeSchedulable"]


def test_a_node_of_another_name_is_an_error_that_names_it(desk: Desk) -> None:
    desk.push()
    for command in ("cordon", "drain", "uncordon"):
        done = desk.type(command, "other")
        assert done.exit_code == 1
        assert "there is no node other" in str(done.exception)
    assert desk.interventions == []


def test_a_drain_tells_of_every_pod_and_ends_when_the_node_is_empty(desk: Desk) -> None:
    desk.push()
    done = desk.type("drain", "--ignore-daemonsets", "--force")
    lines = done.stdout.splitlines()
    assert done.exit_code == 0, done.exception
    assert (lines[0], lines[-1]) == ("node/simulated cordoned", "node/simulated drained")
    assert sum(line.startswith("evicting pod default/web-") for line in lines) == 3
    assert sum(line.startswith("pod/web-") and line.endswith(" evicted") for line in lines) == 3
    assert "Warning: ignoring DaemonSet-managed Pods: default/agent-" in done.stderr
    assert (desk.running, desk.interventions) == (1, [Verb.DRAIN])
    assert desk.text("drain").splitlines()[0] == "node/simulated already cordoned"
    desk.text("uncordon")
    desk.world.converge()
    assert desk.running == 4


def test_a_drain_that_a_budget_holds_up_says_so_and_goes_on_after_its_time_is_over(desk: Desk) -> None:
    desk.push("minAvailable: 2")
    done = desk.type("drain", "--timeout", "1s")
    assert done.exit_code == 1
    assert "node simulated is not drained after 1 s: 2 pods are left" in str(done.exception)
    assert "Cannot evict pod as it would violate the pod's disruption budget." in done.stderr
    assert "the drain goes on in the daemon" in done.stderr
    assert desk.text("get", "pods").count("EvictionBlocked") == 2
    assert desk.text("get", "pdb").splitlines()[1].split() == ["web", "2", "N/A", "0", "<unknown>"]
    assert "node/simulated drained" in desk.text("drain", "--disable-eviction")
    assert desk.running == 1


def test_a_cordon_ends_a_drain_without_letting_pods_come(desk: Desk) -> None:
    desk.push("minAvailable: 2")
    desk.type("drain", "--timeout", "1ms")
    desk.text("cordon")
    assert desk.interventions == [Verb.CORDON]
    assert "EvictionBlocked" not in desk.text("get", "pods")


def test_what_pods_keep_in_an_empty_dir_is_lost_only_when_asked_for(desk: Desk) -> None:
    desk.push(cache=CACHE)
    done = desk.type("drain")
    assert done.exit_code == 1
    assert "cannot delete Pods with local storage: default/cache" in str(done.exception)
    assert desk.interventions == []
    desk.text("drain", "--delete-emptydir-data")
    assert desk.running == 1


def test_without_a_daemon_nobody_waits_and_the_order_counts_later(tmp_path: Path, desk: Desk) -> None:
    desk.world.engine.behaviours["web:1"] = Behaviour(ignores_term=True)
    desk.push()
    (tmp_path / "state" / "sim.lock").rename(tmp_path / "state" / "held")
    done = desk.type("drain")
    assert done.exit_code == 1
    assert "no daemon runs now" in str(done.exception)
    assert desk.interventions == [Verb.DRAIN]


def test_a_budget_is_shown_as_kubectl_does(desk: Desk) -> None:
    desk.push("maxUnavailable: 34%")
    assert desk.text("get", "poddisruptionbudgets").splitlines() == [
        "NAME   MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE",
        "web    N/A             34%               2                     <unknown>",
    ]
    found = yaml.safe_load(desk.text("get", "pdb", "web", "-o", "yaml"))
    counts = {"currentHealthy": 3, "desiredHealthy": 1, "disruptionsAllowed": 2, "expectedPods": 3}
    assert {name: found["status"][name] for name in counts} == counts
    assert found["spec"] == {"maxUnavailable": "34%", "selector": {"matchLabels": {"app": "web"}}}
    lines = desk.text("describe", "pdb/web").splitlines()
    assert "Max unavailable: 34%" in lines
    assert "Selector:      app=web" in lines
    assert "    Allowed disruptions:  2" in lines
    assert "poddisruptionbudget" not in desk.text("get", "all")
    assert desk.type("describe", "pdb", "other").exit_code == 1
