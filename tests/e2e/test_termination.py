"""What containers leave to be read after their end."""

import json
from typing import Any

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def ends(stage: Stage, pod: str, container: str = "main") -> tuple[Any, Any]:
    """Whether and how the last attempt ended, and how the one before it did, as `get` tells."""
    told = stage.ask("get", "pod", pod, "-o", "json")
    statuses = json.loads(told)["status"].get("containerStatuses", []) if told else []
    nothing: dict[str, Any] = {"state": {}}
    status = next((each for each in statuses if each["name"] == container), nothing)
    return status["state"].get("terminated", {}), status.get("lastState", {}).get("terminated", {})


def test_a_message_outlives_its_container_and_the_daemon_and_is_told_nowhere_else(stage: Stage) -> None:
    leave = "printf 'lost the %s' key > /dev/termination-log; exit 3"
    stage.push({"app.yaml": bare_pod("app", pod="restartPolicy: Never", command=leave)})
    with stage.daemon():
        eventually(lambda: ends(stage, "app")[0], what="its end")
    assert ends(stage, "app")[0]["message"] == "lost the key"
    with stage.daemon():
        stage.wait_settled()
        described = stage.ask("describe", "pod", "app")
        assert "      Message:      lost the key" in described
        assert "lost the key" not in stage.ask("events") + described.partition("Events:")[2] + stage.log()


def test_one_without_rights_on_a_read_only_root_leaves_a_message_where_it_was_told_to(stage: Stage) -> None:
    hardened = "securityContext: {runAsUser: 1000, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}"
    container = f"terminationMessagePath: /tmp/last, {hardened}"
    leave = "head -c 5000 /dev/zero | tr '\\\\0' x > /tmp/last; exit 1"
    stage.push({"app.yaml": bare_pod("app", pod="restartPolicy: Never", container=container, command=leave)})
    with stage.daemon():
        eventually(lambda: ends(stage, "app")[0], what="its end")
    assert ends(stage, "app")[0]["message"] == "x" * 4096


def test_a_crash_loop_tells_the_last_message_of_each_end_and_no_older_one(stage: Stage) -> None:
    count = "n=$(cat /count/n 2>/dev/null || echo 0); echo $((n+1)) > /count/n; sleep $((n == 1 ? 12 : 1))"
    leave = f"{count}; [ $n = 1 ] || printf 'run %s' $n > /dev/termination-log; exit 1"
    pod = bare_pod(
        "app",
        pod="volumes: [{name: count, emptyDir: {}}]",
        container="volumeMounts: [{name: count, mountPath: /count}]",
        command=leave,
    )
    stage.push({"app.yaml": pod})
    with stage.daemon():
        eventually(lambda: ends(stage, "app")[1].get("message") == "run 0", what="the first end")
        eventually(lambda: ends(stage, "app")[1].get("message", "") == "", what="the second, without a message")
        eventually(lambda: ends(stage, "app")[1].get("message") == "run 2", what="the third", within=90)


def test_the_log_stands_for_a_message_that_is_missing(stage: Stage) -> None:
    fall_back = "terminationMessagePolicy: FallbackToLogsOnError"
    failing = bare_pod("failing", pod="restartPolicy: Never", container=fall_back, command="echo no key; exit 1")
    fine = bare_pod("fine", pod="restartPolicy: Never", container=fall_back, command="echo all well")
    stage.push({"failing.yaml": failing, "fine.yaml": fine})
    with stage.daemon():
        eventually(lambda: ends(stage, "failing")[0] and ends(stage, "fine")[0], what="their ends")
    assert ends(stage, "failing")[0]["message"] == "no key\n"
    assert "message" not in ends(stage, "fine")[0]
