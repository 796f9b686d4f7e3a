"""What the containers of a pod share with each other, and with the node."""

import socket

import pytest

from tests.e2e.manifests import bare_pod
from tests.e2e.stage import Stage, eventually

pytestmark = pytest.mark.docker


def test_containers_of_a_pod_share_their_ipc_and_memory_files(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("pair", neighbour="")})
    stage.sync()
    stage.inside("pair", "echo left > /dev/shm/note")
    assert stage.inside("pair", "cat /dev/shm/note", "neighbour") == "left"
    assert same_namespace(stage, "pair", "ipc")
    assert not same_namespace(stage, "pair", "pid")


def test_a_restarted_container_finds_the_shared_memory_again(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("kept", neighbour="")})
    stage.sync()
    stage.inside("kept", "echo left > /dev/shm/note")
    (container,) = stage.running("kept", "main")
    stage.client.kill(container.id)
    stage.sync()
    assert stage.inside("kept", "cat /dev/shm/note") == "left"


def test_processes_of_a_pod_see_each_other_when_asked(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("seen", pod="shareProcessNamespace: true", neighbour="")})
    stage.sync()
    assert same_namespace(stage, "seen", "pid")
    assert stage.inside("seen", "cat /proc/1/comm") == "sandbox"
    # The shells of both containers.
    assert int(stage.inside("seen", "ps | grep -c '[w]hile :'", "neighbour")) >= 2
    # An orphan that ended is reaped by the sandbox.
    stage.inside("seen", "(sleep 0.1 &) ; true")
    eventually(lambda: stage.inside("seen", "ps | grep -c '[Z]ombie\\|\\[sleep\\]' || true") == "0", within=10)
    stage.wait_settled()


def test_a_pod_on_the_node_s_network_listens_there(stage: Stage, free_port: int) -> None:
    listens = f"httpd -f -p 127.0.0.1:{free_port} -h /etc"
    ports = f"ports: [{{containerPort: {free_port}}}]"
    text = bare_pod("open", pod="hostNetwork: true", container=ports, command=listens, neighbour="")
    stage.push({"a.yaml": text})
    stage.sync()
    with socket.create_connection(("127.0.0.1", free_port), timeout=5) as connection:
        connection.sendall(b"GET /passwd HTTP/1.0\r\n\r\n")
        assert b"200 OK" in connection.recv(4096)
    assert stage.inside("open", "hostname") == socket.gethostname()
    assert same_namespace(stage, "open", "uts")
    network = stage.client.inspect_network(f"{stage.instance}-pods")
    assert network["IPAM"]["Config"][0]["Gateway"] in stage.ask("get", "pods", "-o", "wide")
    stage.wait_settled()


def test_a_port_of_the_node_s_network_is_waited_for_like_any_host_port(stage: Stage, free_port: int) -> None:
    stage.push({"a.yaml": bare_pod("first", container=f"ports: [{{containerPort: 80, hostPort: {free_port}}}]")})
    stage.sync()
    second = bare_pod("second", pod="hostNetwork: true", container=f"ports: [{{containerPort: {free_port}}}]")
    stage.push({"a.yaml": None, "b.yaml": second})
    done = stage.run("diff")
    assert f"hostPort {free_port}/TCP is held by pod default/first" in done.stdout
    stage.sync()
    assert [each.pod for each in stage.sandboxes()] == ["default/second"]


def test_processes_and_ipc_of_the_node_are_seen_when_asked(stage: Stage) -> None:
    stage.push({"a.yaml": bare_pod("wide", pod="hostPID: true, hostIPC: true")})
    stage.sync()
    # This very test is among the node's processes.
    assert int(stage.inside("wide", "ps | grep -c '[p]ytest'")) > 0
    (container,), (sandbox,) = stage.running("wide"), stage.sandboxes()
    modes = [
        (host["PidMode"], host["IpcMode"])
        for host in (stage.client.inspect_container(each.id)["HostConfig"] for each in (container, sandbox))
    ]
    assert modes == [("host", "host"), ("", "host")]
    stage.wait_settled()


def same_namespace(stage: Stage, pod: str, kind: str) -> bool:
    """Whether both containers have the same namespace."""
    return stage.inside(pod, f"readlink /proc/self/ns/{kind}") == stage.inside(
        pod, f"readlink /proc/self/ns/{kind}", "neighbour"
    )
