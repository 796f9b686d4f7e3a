"""Init containers, sidecars and app containers in their order, seen from inside and from the command line."""

import json

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.stage import Seen, Stage, eventually

pytestmark = pytest.mark.docker

FOR_EVER = "trap 'exit 0' TERM; while :; do sleep 1 & wait; done"


def pod(policy: str = "Always") -> str:
    """Every container writes its name into a volume when it starts, and sidecars and the app when they end."""
    stay = "echo {name} >> /log/order; trap 'echo -{name} >> /log/order; exit 0' TERM; while :; do sleep 1 & wait; done"
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  terminationGracePeriodSeconds: 20
  restartPolicy: {policy}
  volumes: [{{name: log, hostPath: {{path: LOG}}}}]
  initContainers:
  - name: first
    image: IMAGE
    command: [/bin/sh, -c, "sleep 1; echo first >> /log/order"]
    volumeMounts: [{{name: log, mountPath: /log}}]
  - name: proxy
    image: IMAGE
    restartPolicy: Always
    command: [/bin/sh, -c, "sleep 1; touch /tmp/started; {stay.format(name="proxy")}"]
    startupProbe: {{exec: {{command: [/bin/test, -e, /tmp/started]}}, periodSeconds: 1, failureThreshold: 30}}
    volumeMounts: [{{name: log, mountPath: /log}}]
  - name: second
    image: IMAGE
    command: [/bin/sh, -c, "test -e /log/order && echo second >> /log/order"]
    volumeMounts: [{{name: log, mountPath: /log}}]
  - name: logger
    image: IMAGE
    restartPolicy: Always
    command: [/bin/sh, -c, "{stay.format(name="logger")}"]
    volumeMounts: [{{name: log, mountPath: /log}}]
  containers:
  - name: main
    image: IMAGE
    command: [/bin/sh, -c, "{{MAIN}}"]
    volumeMounts: [{{name: log, mountPath: /log}}]
""".replace("{MAIN}", stay.format(name="main"))


def written(stage: Stage) -> list[str]:
    path = stage.root / "log" / "order"
    return path.read_text().split() if path.exists() else []


def push(stage: Stage, text: str) -> None:
    stage.push({"app.yaml": text.replace("LOG", str(stage.root / "log"))})


def test_containers_start_in_order_and_end_in_reverse(stage: Stage) -> None:
    push(stage, pod())
    with stage.daemon(flags=["--allow-empty"]):
        eventually(lambda: "main" in written(stage), what="the app runs")
        assert written(stage) == ["first", "proxy", "second", "logger", "main"]
        stage.wait_settled()
        (row,) = [line.split() for line in stage.ask("get", "pods").splitlines() if line.startswith("app")]
        assert row[1:3] == ["3/3", "Running"]
        stage.push({"app.yaml": None, "empty.yaml": ""})
        eventually(lambda: not stage.seen(), what="all gone")
    assert written(stage)[5:] == ["-main", "-logger", "-proxy"]


def test_an_app_that_completes_takes_its_sidecars_along(stage: Stage) -> None:
    push(stage, pod("Never").replace("echo main >> /log/order; trap", "echo main >> /log/order; exit 0; trap"))
    with stage.daemon():
        eventually(lambda: "-proxy" in written(stage), what="the last sidecar has ended")
        assert written(stage) == ["first", "proxy", "second", "logger", "main", "-logger", "-proxy"]
        stage.wait_settled()
    status = json.loads(stage.ask("get", "pod", "app", "-o", "json"))["status"]
    assert status["phase"] == "Succeeded"
    assert not stage.running()


def failing(policy: str) -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  restartPolicy: {policy}
  initContainers:
  - {{name: first, image: IMAGE, command: [/bin/true]}}
  - {{name: second, image: IMAGE, command: [/bin/false]}}
  containers:
  - {{name: main, image: IMAGE, command: [/bin/sh, -c, "{FOR_EVER}"]}}
"""


def attempts(stage: Stage, container: str) -> list[Seen]:
    return [each for each in stage.seen() if each.container == container]


def status(stage: Stage) -> str:
    rows = [line.split() for line in stage.ask("get", "pods").splitlines() if line.startswith("app")]
    return rows[0][2] if rows else ""


def test_an_init_container_that_fails_is_tried_again_and_the_app_waits(stage: Stage) -> None:
    stage.push({"app.yaml": failing("Always")})
    with stage.daemon():
        eventually(lambda: status(stage) == "Init:CrashLoopBackOff", what="back-off")
        latest = max(int(each.labels[labels.ATTEMPT]) for each in attempts(stage, "second"))
        eventually(lambda: max(int(each.labels[labels.ATTEMPT]) for each in attempts(stage, "second")) > latest)
        assert not attempts(stage, "main")
        found = json.loads(stage.ask("get", "pod", "app", "-o", "json"))["status"]
    assert found["phase"] == "Pending"
    first, second = found["initContainerStatuses"]
    assert first["state"]["terminated"]["reason"] == "Completed"
    assert second["lastState"]["terminated"]["exitCode"] == 1
    assert found["containerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}
    conditions = {each["type"]: each for each in found["conditions"]}
    assert conditions["Initialized"]["status"] == "False"
    assert "second" in conditions["Initialized"]["message"]


def test_under_never_a_failed_init_container_fails_the_pod(stage: Stage) -> None:
    stage.push({"app.yaml": failing("Never")})
    with stage.daemon():
        eventually(lambda: status(stage) == "Init:Error", what="the pod failed")
        assert len(attempts(stage, "second")) == 1
        assert not attempts(stage, "main")


def test_a_killed_daemon_goes_on_with_the_next_init_container(stage: Stage) -> None:
    push(stage, pod())
    with stage.daemon() as process:
        eventually(lambda: attempts(stage, "first"), what="the first one was made")
        process.kill()
        process.wait()
    with stage.daemon():
        eventually(lambda: "main" in written(stage), what="the app runs")
    assert written(stage) == ["first", "proxy", "second", "logger", "main"]


def test_a_deadline_ends_a_pod_with_grace_and_for_good(stage: Stage) -> None:
    text = pod().replace(
        "  restartPolicy: Always\n  volumes", "  restartPolicy: Always\n  activeDeadlineSeconds: 8\n  volumes"
    )
    push(stage, text)
    with stage.daemon():
        eventually(lambda: "-proxy" in written(stage), what="the last sidecar has ended")
        assert written(stage)[5:] == ["-main", "-logger", "-proxy"]
        eventually(lambda: status(stage) == "DeadlineExceeded")
    with stage.daemon():
        stage.wait_settled()
        assert not stage.running()
