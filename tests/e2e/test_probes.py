"""Probes of real containers: by command, HTTP, TCP and gRPC."""

import base64
import json
import os
import time
from pathlib import Path

import pytest

from gitpod_sync.model.base import labels
from tests.e2e.stage import Seen, Stage, eventually
from tests.support.examples import THOROUGH

pytestmark = pytest.mark.docker


def deployment(version: str, *, replicas: int = 2, ready: str = "touch /tmp/ready", probes: str = "") -> str:
    """A web server whose readiness is a file of its own."""
    serve = "/bin/httpd -p 8080 -h /tmp; trap 'exit 0' TERM; while :; do sleep 1 & wait; done"
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  strategy: {{rollingUpdate: {{maxSurge: 1, maxUnavailable: 0}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: main
        image: IMAGE
        command: [/bin/sh, -c, "{ready}; {serve}"]
        env: [{{name: VERSION, value: "{version}"}}]
        ports: [{{name: http, containerPort: 8080}}]
        readinessProbe: {{httpGet: {{port: http, path: /ready}}, periodSeconds: 1, failureThreshold: 2}}
{probes}
"""


def get(stage: Stage, name: str = "web") -> list[list[str]]:
    return [line.split() for line in stage.ask("get", "pods").splitlines() if line.startswith(name)]


def conditions_of(stage: Stage, container: Seen) -> list[dict[str, str]]:
    name = container.pod.rpartition("/")[2]
    found: list[dict[str, str]] = json.loads(stage.ask("get", "pod", name, "-o", "json"))["status"]["conditions"]
    return found


def versions(stage: Stage) -> list[str]:
    return sorted(
        entry.partition("=")[2]
        for each in stage.running("web")
        for entry in stage.client.inspect_container(each.id)["Config"]["Env"]
        if entry.startswith("VERSION=")
    )


def run_in(stage: Stage, container: str, *command: str) -> None:
    client = stage.client
    client.exec_start(client.exec_create(container, list(command))["Id"])


def test_a_rollout_waits_until_new_pods_are_ready_and_one_that_never_is_costs_nothing(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1")})
    with stage.daemon():
        eventually(lambda: [row[1] for row in get(stage)] == ["1/1", "1/1"], what="both ready")
        stage.push({"web.yaml": deployment("2", ready="true")})
        eventually(lambda: versions(stage) == ["1", "1", "2"], what="the new pod beside the old ones")
        end = time.monotonic() + 4
        while time.monotonic() < end:
            assert versions(stage) == ["1", "1", "2"]
        assert sorted(row[1] for row in get(stage)) == ["0/1", "1/1", "1/1"]
        (new,) = (each for each in stage.running("web") if each.pod.rpartition("/")[2] in unready(stage))
        run_in(stage, new.id, "/bin/touch", "/tmp/ready")
        eventually(lambda: len(versions(stage)) == 3 and versions(stage)[1] == "2", what="the first old pod has gone")


def unready(stage: Stage) -> list[str]:
    return [row[0] for row in get(stage) if row[1] == "0/1"]


def test_readiness_comes_and_goes_without_a_restart_and_survives_one_of_ours(stage: Stage) -> None:
    stage.push({"web.yaml": deployment("1", replicas=1)})
    with stage.daemon() as process:
        eventually(lambda: [row[1] for row in get(stage)] == ["1/1"], what="ready")
        (container,) = stage.running("web")
        process.kill()
        process.wait()
    assert [row[1] for row in get(stage)] == ["1/1"]
    with stage.daemon():
        assert [row[1] for row in get(stage)] == ["1/1"]
        run_in(stage, container.id, "/bin/rm", "/tmp/ready")
        eventually(lambda: [row[1] for row in get(stage)] == ["0/1"], what="not ready any more")
        conditions = {each["type"]: each["reason"] for each in conditions_of(stage, container) if "reason" in each}
        assert conditions["Ready"] == "ContainersNotReady"
        run_in(stage, container.id, "/bin/touch", "/tmp/ready")
        eventually(lambda: [row[1] for row in get(stage)] == ["1/1"], what="ready again")
        assert [each.id for each in stage.running("web")] == [container.id]


def test_a_container_that_is_not_alive_any_more_is_ended_and_started_again(stage: Stage) -> None:
    alive = (
        "        livenessProbe: {exec: {command: [/bin/test, -e, /tmp/ready]}, periodSeconds: 1, failureThreshold: 2}"
    )
    stage.push({"web.yaml": deployment("1", replicas=1, probes=alive)})
    with stage.daemon():
        eventually(lambda: [row[1] for row in get(stage)] == ["1/1"], what="ready")
        (container,), (sandbox,) = stage.running("web"), stage.sandboxes()
        run_in(stage, container.id, "/bin/rm", "/tmp/ready")
        eventually(lambda: [row[1:4] for row in get(stage)] == [["1/1", "Running", "1"]], what="restarted and ready")
        (successor,) = stage.running("web")
        assert successor.labels[labels.ATTEMPT] == "1"
        assert [each.id for each in stage.sandboxes()] == [sandbox.id]
        # It was given the time to end by itself.
        assert stage.client.inspect_container(container.id)["State"]["ExitCode"] == 0
    assert "liveness probe failed: exit code 1" in stage.log()


def test_a_slow_start_is_waited_for_by_a_startup_probe(stage: Stage) -> None:
    probes = (
        "        startupProbe: {tcpSocket: {port: http}, periodSeconds: 1, failureThreshold: 30}\n"
        "        livenessProbe: {tcpSocket: {port: http}, periodSeconds: 1, failureThreshold: 1}"
    )
    stage.push({"web.yaml": deployment("1", replicas=1, ready="sleep 4; touch /tmp/ready", probes=probes)})
    with stage.daemon():
        eventually(lambda: [row[1] for row in get(stage)] == ["1/1"], what="ready")
        assert [row[3] for row in get(stage)] == ["0"]


def test_grpc_health_is_asked(stage: Stage) -> None:
    """The container answers with the bytes of a real exchange: busybox cannot speak HTTP/2."""
    settings = bytes.fromhex("000000040000000000" + "000000040100000000")
    # Response headers, the message SERVING, and the trailers, without compression.
    headers = b"\x08\x07:status\x03200\x00\x0ccontent-type\x10application/grpc"[1:]
    headers = b"\x88" + headers[headers.index(b"\x00\x0c") :]
    message = b"\x00\x00\x00\x00\x02\x08\x01"
    trailers = b"\x00\x0bgrpc-status\x010"

    def frame(kind: int, flags: int, payload: bytes) -> bytes:
        return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + (1).to_bytes(4, "big") + payload

    answer = settings + frame(1, 4, headers) + frame(0, 0, message) + frame(1, 5, trailers)
    encoded = base64.b64encode(answer).decode()
    folder = Path(stage.root) / "answer"
    folder.mkdir()
    (folder / "serve").write_text(f"#!/bin/sh\necho {encoded} | base64 -d; sleep 1\n")
    (folder / "serve").chmod(0o755)
    stage.push(
        {
            "pod.yaml": f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{{name: answer, hostPath: {{path: {folder}}}}}]
  containers:
  - name: main
    image: IMAGE
    command: [/bin/nc, -ll, -p, "9090", -e, /answer/serve]
    volumeMounts: [{{name: answer, mountPath: /answer}}]
    readinessProbe: {{grpc: {{port: 9090, service: web}}, periodSeconds: 1}}
"""
        }
    )
    with stage.daemon():
        eventually(lambda: [row[1] for row in get(stage)] == ["1/1"], what="serving")


def many_probes(pods: int, containers: int) -> str:
    """Two probes a container, one by HTTP and one by TCP, every second."""
    written = "\n".join(
        f"""\
      - name: c{number}
        image: IMAGE
        command: [/bin/httpd, -f, -p, "{8000 + number}", -h, /etc]
        readinessProbe: {{httpGet: {{port: {8000 + number}, path: /release}}, periodSeconds: 1}}
        livenessProbe: {{tcpSocket: {{port: {8000 + number}}}, periodSeconds: 1}}"""
        for number in range(containers)
    )
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {pods}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
{written}
"""


def test_many_probes_a_second_cost_next_to_nothing(stage: Stage) -> None:
    pods = 5 if THOROUGH else 2
    stage.push({"web.yaml": many_probes(pods, containers=20)})
    with stage.daemon() as process:
        eventually(lambda: [row[1] for row in get(stage)] == ["20/20"] * pods, within=120, what="all ready")
        threads = count_threads(process.pid)
        before, began = cpu_seconds(process.pid), time.monotonic()
        # What is measured is the passing of time itself.
        time.sleep(15 if THOROUGH else 6)
        share = (cpu_seconds(process.pid) - before) / (time.monotonic() - began)
        # On a busy machine as well: a thread or a connection a probe would cost a whole core.
        assert share < 0.25, f"{share:.1%} of a core"
        assert count_threads(process.pid) <= threads


def count_threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
