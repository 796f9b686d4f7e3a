"""Rollouts under load, failed ones, and the words of people about them, on a real engine."""

import json
import threading
import urllib.request
from collections import Counter
from typing import Self

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker

ROLLBACK = "gitpod-sync.io/on-failure: rollback"


def deployment(version: str, *, replicas: int = 2, image: str = "IMAGE", annotations: str = "") -> str:
    """A web server that is ready once it serves, and serves on for a while when it is ended."""
    serve = "/bin/httpd -p 8080 -h /srv; trap 'exit 0' TERM; while :; do sleep 1 & wait; done"
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {{{annotations}}}
spec:
  replicas: {replicas}
  progressDeadlineSeconds: 6
  selector: {{matchLabels: {{app: web}}}}
  strategy: {{rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 10
      containers:
      - name: main
        image: {image}
        imagePullPolicy: Never
        command: [/bin/sh, -c, "mkdir /srv; echo {version} > /srv/index.html; {serve}"]
        ports: [{{name: http, containerPort: 8080}}]
        readinessProbe: {{httpGet: {{port: http}}, periodSeconds: 1}}
        lifecycle: {{preStop: {{sleep: {{seconds: 4}}}}}}
"""


def broken(*, annotations: str = ROLLBACK) -> str:
    return deployment("2", image="gitpod-sync-test/none:1", annotations=annotations)


def ready_addresses(stage: Stage) -> list[str]:
    """Of the pods that a Service would send requests to."""
    pods = json.loads(stage.run("get", "pods", "-o", "json").stdout)["items"]
    return [
        pod["status"]["podIP"]
        for pod in pods
        if pod["status"].get("reason") != "Terminating"
        and any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", ()))
    ]


def fetch(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}:8080/", timeout=2) as response:
        page: bytes = response.read()
    return page.decode().strip()


def pages(stage: Stage) -> list[str]:
    return sorted(fetch(address) for address in ready_addresses(stage))


def served(stage: Stage, expected: list[str]) -> bool:
    try:
        return pages(stage) == expected
    except OSError:
        return False


class Load:
    """A client that asks the ready pods in turn, many times a second, and looks again and again which are ready.

    A pod that is being ended is let go of sooner, as a Service would, than a look by the command line takes here.
    """

    def __init__(self, stage: Stage) -> None:
        self.failures: list[str] = []
        self.answers: Counter[str] = Counter()
        self._stage = stage
        self._ready = ready_addresses(stage)
        self._ending: set[str] = set()
        self._stopped = threading.Event()
        looks = (self._look_for_ready, self._look_for_ending, self._ask)
        self._threads = [threading.Thread(target=each, daemon=True) for each in looks]

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        for each in self._threads:
            each.join()

    def _look_for_ready(self) -> None:
        while not self._stopped.wait(0.3):
            self._ready = ready_addresses(self._stage) or self._ready

    def _look_for_ending(self) -> None:
        mine = {"label": f"{labels.INSTANCE}={self._stage.instance}"}
        while not self._stopped.wait(0.1):
            for each in self._stage.client.containers(filters=mine):
                if each["Names"] and each["Names"][0].endswith("_ending"):
                    self._ending |= {network["IPAddress"] for network in each["NetworkSettings"]["Networks"].values()}

    def _ask(self) -> None:
        while not self._stopped.wait(0.02):
            for address in self._ready:
                if address in self._ending:
                    continue
                try:
                    self.answers[fetch(address)] += 1
                except OSError as error:
                    self.failures.append(f"{address}: {error}")


def test_no_request_fails_during_a_rolling_update(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1")})
    with stage.daemon():
        eventually(lambda: served(stage, ["1", "1"]))
        with Load(stage) as load:
            stage.push({"web.yaml": deployment("2")})
            eventually(lambda: served(stage, ["2", "2"]), what="two pods of version 2")
            stage.wait_settled()
    assert not load.failures
    assert set(load.answers) == {"1", "2"}
    assert sum(load.answers.values()) > 100


def test_a_failed_rollout_goes_back_and_is_not_tried_again_until_a_commit_changes_it(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1", annotations=ROLLBACK)})
    with stage.daemon():
        eventually(lambda: served(stage, ["1", "1"]))
        stage.push({"web.yaml": broken()})
        events = ("events", "--for", "deployment/web")
        eventually(lambda: "RolledBack" in stage.ask(*events), what="the event")
        eventually(lambda: len(stage.sandboxes()) == 2, what="the broken pod gone")
        warned = stage.run("get", "deployments")
        assert "has failed and was rolled back to revision 3" in warned.stderr
        status = stage.run("rollout", "status", "deployment/web")
        assert status.returncode == 1
    with stage.daemon():
        eventually(lambda: "not tried again" in stage.log().rpartition("workloads complete")[2])
        assert pages(stage) == ["1", "1"]
        assert len(stage.sandboxes()) == 2
        stage.push({"web.yaml": deployment("3", annotations=ROLLBACK)})
        eventually(lambda: served(stage, ["3", "3"]))
        stage.wait_settled()
    assert stage.ask(*events).count("RolledBack") == 1


def test_a_sync_that_has_to_go_back_is_a_failure_and_leaves_the_good_version(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1", annotations=ROLLBACK)})
    stage.sync()
    stage.push({"web.yaml": broken()})
    failed = stage.run("sync", "--timeout", "60")
    assert failed.returncode == 1
    assert "has failed and was rolled back" in failed.stderr
    assert pages(stage) == ["1", "1"]
    assert len(stage.sandboxes()) == 2


def test_what_was_undone_is_held_over_a_restart_until_it_is_resumed(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1")})
    with stage.daemon():
        eventually(lambda: served(stage, ["1", "1"]))
        commit = stage.push({"web.yaml": deployment("2")})
        eventually(lambda: served(stage, ["2", "2"]))
        stage.wait_settled()
        assert commit[:12] in stage.run("rollout", "history", "deployment/web").stdout
        undone = stage.run("rollout", "undo", "deployment/web")
        assert undone.stdout == "deployment.apps/web rolled back\n"
        assert "no daemon" not in undone.stderr
        eventually(lambda: served(stage, ["1", "1"]), what="the revision before")
        assert stage.run("rollout", "status", "deployment/web").returncode == 0
    with stage.daemon():
        other = stage.push({"README.md": "another commit, which leaves the object as it is"})
        eventually(lambda: f"revision {other[:12]} is in force" in stage.log())
        differs = stage.run("diff")
        assert differs.returncode == 2
        assert "`rollout undo` holds it at revision 3" in differs.stdout
        assert pages(stage) == ["1", "1"]
        assert stage.run("rollout", "resume", "deployment/web").returncode == 0
        eventually(lambda: served(stage, ["2", "2"]), what="what Git asks for")
        stage.wait_settled()


def test_a_pause_holds_the_next_commit_and_a_word_to_the_daemon_is_heard_at_once(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1")})
    with stage.daemon():
        eventually(lambda: served(stage, ["1", "1"]))
        stage.wait_settled()
        before = {each.id for each in stage.running()}
        assert stage.run("rollout", "pause", "deployment/web").returncode == 0
        stage.push({"web.yaml": deployment("2", replicas=3)})
        eventually(lambda: served(stage, ["1", "1", "1"]), what="scaled, and not rolled out")
        assert before < {each.id for each in stage.running()}
        assert stage.run("rollout", "resume", "deployment/web").returncode == 0
        # By itself the daemon would look some minutes later.
        eventually(lambda: len(stage.sandboxes()) > 3, within=30, what="the first new pod")
        eventually(lambda: served(stage, ["2", "2", "2"]))


def test_a_restart_replaces_every_pod_while_the_others_serve(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1")})
    with stage.daemon():
        eventually(lambda: served(stage, ["1", "1"]))
        stage.wait_settled()
        before = {each.id for each in stage.running()}
        with Load(stage) as load:
            assert stage.run("rollout", "restart", "deployment/web").returncode == 0
            eventually(lambda: len(stage.running()) == 2 and not before & {each.id for each in stage.running()})
            stage.wait_settled()
        after = {each.id for each in stage.running()}
        stage.push({"web.yaml": deployment("1", replicas=3)})
        eventually(lambda: len(stage.running()) == 3)
        stage.wait_settled()
        assert after < {each.id for each in stage.running()}
    assert not load.failures
