"""What is read of the machine that an engine runs on."""

import socket
from pathlib import Path

import pytest

from gitpod_sync.engines.docker.observing.machine import read_machine
from gitpod_sync.model.engine.features import Feature


def test_name_size_and_security_modules_are_those_that_the_engine_names() -> None:
    modules = ["name=apparmor", "name=seccomp,profile=default", "name=selinux"]
    info = {"Name": "one", "NCPU": 2, "MemTotal": 4096, "SecurityOptions": modules}
    found = read_machine(info)
    assert (found.name, found.cpus, found.memory) == ("one", 2, 4096)
    assert found.features.app_armor
    assert found.features.se_linux
    assert not read_machine({}).features.app_armor


@pytest.mark.parametrize(("told", "meant"), [("x86_64", "amd64"), ("aarch64", "arm64"), ("riscv64", "riscv64")])
def test_the_node_has_the_names_that_kubernetes_labels_use(told: str, meant: str) -> None:
    found = read_machine({"Name": "One", "Architecture": told, "OSType": "linux"})
    assert (found.name, found.architecture, found.os) == ("one", meant, "linux")


def test_the_disk_of_an_engine_on_another_machine_is_not_looked_at(tmp_path: Path) -> None:
    assert read_machine({"Name": "elsewhere", "DockerRootDir": str(tmp_path)}).storage == 0
    assert read_machine({"Name": socket.gethostname(), "DockerRootDir": str(tmp_path)}).storage > 0
    assert read_machine({"Name": socket.gethostname(), "DockerRootDir": str(tmp_path / "none")}).storage == 0


@pytest.mark.parametrize(
    ("engine", "kernel", "recursive"),
    [
        ("28.2.2", "6.1.0-13-amd64", True),
        ("25.0.0", "5.12.0", True),
        ("20.10.24+dfsg1", "6.18.44", False),
        ("27.1", "5.10.0-26", False),
        ("", "", False),
    ],
)
def test_read_only_mounts_are_recursively_so_from_certain_versions_on(
    engine: str, kernel: str, recursive: bool
) -> None:
    info = {"ServerVersion": engine, "KernelVersion": kernel}
    assert (Feature.RECURSIVE_READ_ONLY not in read_machine(info).features.lacks) is recursive


def test_what_an_old_engine_lacks_is_named_with_the_version_that_has_it() -> None:
    lacks = read_machine({"ServerVersion": "20.10.24+dfsg1", "KernelVersion": "6.1.0"}).features.lacks
    assert lacks == {
        Feature.IMAGE_VOLUMES: "Docker Engine 28",
        Feature.RECURSIVE_READ_ONLY: "Docker Engine 25 and Linux 5.12",
    }
