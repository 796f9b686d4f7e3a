"""What the engine says of containers, of others' making too."""

from typing import Any

import pytest

from gitpod_sync.engines.docker.observing.inspection import Node, read_container, read_image
from gitpod_sync.model.engine.container import Limits, PublishedPort
from gitpod_sync.model.pods.pod import Protocol

IDENTIFIER = "abba" * 16
NODE = Node(cpus=4, limits_swap=True)


def inspected(*, config: dict[str, Any] | None = None, host: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer of the engine for a container that was made with next to nothing said."""
    return {
        "Id": IDENTIFIER,
        "Name": "/some",
        "Image": "sha256:0",
        "Created": "2024-05-01T12:00:00.123456789Z",
        "State": {
            "Status": "running",
            "StartedAt": "2024-05-01T12:00:01Z",
            "FinishedAt": "0001-01-01T00:00:00Z",
            "ExitCode": 0,
        },
        "Config": {"Image": "tiny:1", "Hostname": IDENTIFIER[:12], "Labels": {"a": "b"}, **(config or {})},
        "HostConfig": {"NetworkMode": "net", **(host or {})},
        "NetworkSettings": {"Networks": {}},
    }


@pytest.mark.parametrize(("hostname", "read"), [(IDENTIFIER[:12], ""), ("abba", "abba"), ("a", "a"), ("", "")])
def test_only_the_engines_own_host_name_is_none(hostname: str, read: str) -> None:
    found = read_container(inspected(config={"Hostname": hostname}), None, NODE)
    assert found.config.hostname == read


def test_a_range_of_ports_is_read_as_a_port_that_is_never_asked_for() -> None:
    bindings = {"80/tcp": [{"HostIp": "", "HostPort": "41000-41010"}, {"HostIp": "", "HostPort": ""}]}
    found = read_container(inspected(host={"PortBindings": bindings}), None, NODE)
    assert found.config.ports == (PublishedPort(80, Protocol.TCP, -1), PublishedPort(80, Protocol.TCP, 0))


@pytest.mark.parametrize("host", [{"Binds": ["/only-a-target"]}, {"PortBindings": {"http": [{}]}}, {"Mounts": [{}]}])
def test_a_container_that_cannot_be_read_keeps_its_labels_and_is_like_none_of_ours(host: dict[str, Any]) -> None:
    found = read_container(inspected(host=host), None, NODE)
    assert (found.config.image, found.config.network, found.labels) == ("", "", {"a": "b"})


def test_the_working_directory_of_an_image_is_read_as_its_containers_will_have_it() -> None:
    assert read_image({"Id": "sha256:0", "Config": {"WorkingDir": "/app/"}}).working_dir == "/app"


@pytest.mark.parametrize(
    ("host", "limits"),
    [
        ({}, Limits()),
        ({"Memory": 2**62, "MemorySwap": 2**62, "MemoryReservation": 2**62, "CpuQuota": -1, "PidsLimit": -1}, Limits()),
        ({"Memory": 100, "MemorySwap": 100, "MemoryReservation": 100, "CpuShares": 1024}, Limits(memory=100)),
        ({"Memory": 100, "MemorySwap": 150, "MemoryReservation": 60}, Limits(100, swap=50, memory_reservation=60)),
        ({"Memory": 100, "MemorySwap": -1}, Limits(100, swap=-1)),
        ({"CpusetCpus": "0-3", "PidsLimit": 0}, Limits()),
        ({"CpusetCpus": "0", "PidsLimit": 3}, Limits(cpus="0", pids=3)),
    ],
)
def test_limits_that_bind_nothing_are_read_as_none(host: dict[str, Any], limits: Limits) -> None:
    assert read_container(inspected(host=host), None, NODE).config.limits == limits


def test_swap_is_not_told_of_a_node_that_cannot_limit_it() -> None:
    found = read_container(inspected(host={"Memory": 100, "MemorySwap": -1}), None, Node(cpus=1, limits_swap=False))
    assert found.config.limits == Limits(100)
