"""What is read of the machine that an engine runs on."""

import socket
from pathlib import Path

import pytest

from gitpod_sync.engines.docker.machine import read_machine
from gitpod_sync.model.observed import ObservedNode

ALL, ALL_BUT_RESOURCE = "CapBnd:\t000001ffffffffff\n", "CapBnd:\t000001fffeffffff\n"


def status(folder: Path, text: str) -> Path:
    path = folder / "status"
    path.write_text(f"Name:\tinit\n{text}Seccomp:\t0\n")
    return path


def test_name_size_and_security_modules_are_those_that_the_engine_names(tmp_path: Path) -> None:
    modules = ["name=apparmor", "name=seccomp,profile=default", "name=selinux"]
    info = {"Name": "one", "NCPU": 2, "MemTotal": 4096, "SecurityOptions": modules}
    assert read_machine(info, status(tmp_path, ALL)) == ObservedNode("one", 2, 4096, app_armor=True, se_linux=True)
    assert read_machine({}, status(tmp_path, ALL)) == ObservedNode()


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
    tmp_path: Path, engine: str, kernel: str, recursive: bool
) -> None:
    info = {"ServerVersion": engine, "KernelVersion": kernel}
    assert read_machine(info, status(tmp_path, ALL)).recursive_read_only is recursive


def test_scores_can_be_lowered_unless_the_engine_s_machine_is_ours_and_takes_that_from_all(tmp_path: Path) -> None:
    here, there = {"Name": socket.gethostname()}, {"Name": "elsewhere.example"}
    weak = status(tmp_path, ALL_BUT_RESOURCE)
    assert read_machine(here, weak).lowest_oom_score_adj == 0
    assert read_machine(there, weak).lowest_oom_score_adj == -1000
    assert read_machine(here, tmp_path / "missing").lowest_oom_score_adj == -1000
    assert read_machine(here, status(tmp_path, "")).lowest_oom_score_adj == -1000
