"""What a container gets of the node: memory, processors, terminals, ports; and whom the kernel kills first."""

import socket
from contextlib import closing

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage

pytestmark = pytest.mark.docker


def test_the_kernel_kills_best_effort_first_and_burstable_by_its_request(stage: Stage) -> None:
    total = stage.client.info()["MemTotal"]
    half = f"resources: {{requests: {{memory: {total // 2}}}}}"
    stage.push({"a.yaml": bare_pod("best"), "b.yaml": bare_pod("burst", container=half, neighbour="")})
    stage.sync()
    score = "cat /proc/1/oom_score_adj"
    assert stage.inside("best", score) == "1000"
    assert '"qosClass": "BestEffort"' in stage.ask("get", "pod", "best", "-o", "json")
    assert stage.inside("burst", score) in {"500", "501"}
    assert stage.inside("burst", score, "neighbour") == "999"
    stage.wait_settled()


def test_a_guaranteed_pod_starts_with_the_best_score_that_the_node_allows(stage: Stage) -> None:
    limits = "resources: {limits: {cpu: 100m, memory: 32Mi}}"
    stage.push({"a.yaml": bare_pod("sure", container=limits)})
    stage.sync()
    assert stage.inside("sure", "cat /proc/1/oom_score_adj") in {"-997", "0"}
    stage.wait_settled()


def test_a_bare_pod_gets_other_limits_where_it_stands(stage: Stage) -> None:
    sized = "resources: {{limits: {{memory: {0}Mi, cpu: 100m}}}}".format
    stage.push({"a.yaml": bare_pod("grows", container=sized(32))})
    stage.sync()
    (before,) = stage.running("grows")
    stage.push({"a.yaml": bare_pod("grows", container=sized(48))})
    assert '"32Mi" → "48Mi"' in stage.ask("diff")
    stage.sync()
    (after,) = stage.running("grows")
    assert after.id == before.id
    assert stage.client.inspect_container(after.id)["HostConfig"]["Memory"] == 48 * 1024**2
    stage.wait_settled()


def test_a_container_is_started_anew_for_limits_that_it_reads_only_then(stage: Stage) -> None:
    sized = (
        "resources: {{limits: {{memory: {0}Mi}}}}, "
        "resizePolicy: [{{resourceName: memory, restartPolicy: RestartContainer}}]"
    ).format
    stage.push({"a.yaml": bare_pod("reads", container=sized(32))})
    stage.sync()
    (before,), (sandbox,) = stage.running("reads"), stage.sandboxes()
    stage.push({"a.yaml": bare_pod("reads", container=sized(48))})
    stage.sync()
    (after,) = stage.running("reads")
    assert after.id != before.id
    assert stage.client.inspect_container(before.id)["State"]["ExitCode"] == 0  # it was asked to end, not killed
    assert stage.client.inspect_container(after.id)["HostConfig"]["Memory"] == 48 * 1024**2
    assert [each.id for each in stage.sandboxes()] == [sandbox.id]
    stage.wait_settled()


def test_a_container_that_wants_too_much_memory_is_said_to_be_killed_for_it(stage: Stage) -> None:
    limit = "resources: {limits: {memory: 16Mi}}"
    text = bare_pod("hungry", pod="restartPolicy: Never", container=limit, command="tail /dev/zero")
    stage.push({"a.yaml": text})
    stage.run("sync", "--timeout", "20")
    assert "OOMKilled" in stage.ask("get", "pods")


def test_standard_input_stays_open_and_a_terminal_is_one(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("term", container="stdin: true, tty: true", neighbour="")})
    stage.sync()
    assert stage.inside("term", "readlink /proc/1/fd/0").startswith("/dev/pts/")
    assert stage.inside("term", "readlink /proc/1/fd/0", "neighbour") == "/dev/null"
    stage.wait_settled()


def test_a_signal_of_its_own_ends_a_container(stage: Stage) -> None:
    script = "trap 'exit 0' QUIT; trap : TERM; while :; do sleep 1 & wait; done"
    quits = bare_pod("ends", pod="os: {name: linux}", container="lifecycle: {stopSignal: SIGQUIT}", command=script)
    text = quits.replace("terminationGracePeriodSeconds: 2", "terminationGracePeriodSeconds: 100")
    stage.push({"a.yaml": text})
    stage.sync()
    stage.wait_settled()
    stage.push({"a.yaml": None, "b.yaml": bare_pod("other")})
    stage.sync()  # well within the grace period; TERM would have been ignored
    assert {each.pod for each in stage.seen()} == {"default/other"}


def test_ports_of_the_node_have_a_protocol_and_an_address(stage: Stage, free_port: int) -> None:
    ports = f"""ports: [{{containerPort: 80, protocol: UDP, hostPort: {free_port}, hostIP: 127.0.0.1}},
      {{containerPort: 80, hostPort: {free_port}, hostIP: 127.0.0.1}}]"""
    stage.push({"a.yaml": bare_pod("answers", container=ports, command="httpd -f -p 80 -h /etc")})
    stage.sync()
    with socket.create_connection(("127.0.0.1", free_port), timeout=5) as connection:
        connection.sendall(b"GET /passwd HTTP/1.0\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as probe, pytest.raises(OSError, match="in use"):
        probe.bind(("127.0.0.1", free_port))
    with closing(socket.socket()) as elsewhere:
        elsewhere.bind(("127.0.0.2", free_port))  # the port is published on the one address only
    stage.wait_settled()
