"""What the engine says of containers, of others' making too."""

from typing import Any

import pytest

from gitpod_sync.engines.docker.inspection import read_container, read_image
from gitpod_sync.model.container import PublishedPort
from gitpod_sync.model.pod import Protocol

IDENTIFIER = "abba" * 16


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
    found = read_container(inspected(config={"Hostname": hostname}), None, 1)
    assert found.config.hostname == read


def test_a_range_of_ports_is_read_as_a_port_that_is_never_asked_for() -> None:
    bindings = {"80/tcp": [{"HostIp": "", "HostPort": "41000-41010"}, {"HostIp": "", "HostPort": ""}]}
    found = read_container(inspected(host={"PortBindings": bindings}), None, 1)
    assert found.config.ports == (PublishedPort(80, Protocol.TCP, -1), PublishedPort(80, Protocol.TCP, 0))


@pytest.mark.parametrize("host", [{"Binds": ["/only-a-target"]}, {"PortBindings": {"http": [{}]}}, {"Mounts": [{}]}])
def test_a_container_that_cannot_be_read_keeps_its_labels_and_is_like_none_of_ours(host: dict[str, Any]) -> None:
    found = read_container(inspected(host=host), None, 1)
    assert (found.config.image, found.config.network, found.labels) == ("", "", {"a": "b"})


def test_the_working_directory_of_an_image_is_read_as_its_containers_will_have_it() -> None:
    assert read_image({"Id": "sha256:0", "Config": {"WorkingDir": "/app/"}}).working_dir == "/app"
