"""Paths of the node are what they have to be, or are refused in the kubelet's words, by every engine."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitpod_sync.engines.memory.engine import MemoryEngine
from gitpod_sync.errors import EngineError
from gitpod_sync.model.base.instance import SANDBOX_IMAGE
from gitpod_sync.model.engine.container import Mount, MountKind
from gitpod_sync.model.pods.host_path import HostPath, HostPathType, PathKind
from gitpod_sync.operations import operations as op
from gitpod_sync.plan.config.drift import compute_fixed_drift
from tests.contract.conftest import Subject

PLACES = ("folder", "file", "socket", "link", "none")
FITTING = {
    HostPathType.DIRECTORY: {"folder"},
    HostPathType.FILE: {"file", "socket", "link"},
    HostPathType.SOCKET: {"socket"},
    HostPathType.CHAR_DEVICE: set[str](),
    HostPathType.BLOCK_DEVICE: set[str](),
}


@pytest.fixture
def node(subject: Subject, tmp_path: Path) -> Iterator[Path]:
    """A folder of the node with one thing of each kind in it."""
    subject.engine.import_sandbox_image(op.ImportSandboxImage(SANDBOX_IMAGE))
    if isinstance(subject.engine, MemoryEngine):
        kinds = (PathKind.DIRECTORY, PathKind.FILE, PathKind.SOCKET, PathKind.FILE)
        found = {str(tmp_path / name): kind for name, kind in zip(PLACES, kinds, strict=False)}
        subject.engine.paths |= {str(tmp_path): PathKind.DIRECTORY, "/dev/null": PathKind.CHAR_DEVICE, **found}
        yield tmp_path
        return
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        os.chdir(tmp_path)  # the name of a socket has 107 bytes at most
        try:
            listener.bind("socket")
        finally:
            os.chdir(before)
        yield tmp_path


def check(subject: Subject, path: Path, kind: HostPathType) -> str:
    """What the engine says against the path; "" for nothing."""
    try:
        subject.engine.check_path(op.CheckPath(HostPath(str(path), kind), "uid/volumes/v", "digest", SANDBOX_IMAGE))
    except EngineError as error:
        return error.message
    finally:
        assert subject.observe().containers == ()
    return ""


@pytest.mark.parametrize("kind", sorted(FITTING))
def test_a_path_has_to_be_of_the_type_that_is_asked_for(subject: Subject, node: Path, kind: HostPathType) -> None:
    fitting = {name for name in PLACES if not check(subject, node / name, kind)}
    assert fitting == FITTING[kind]


def test_devices_are_told_apart(subject: Subject, node: Path) -> None:
    assert node.exists()
    assert check(subject, Path("/dev/null"), HostPathType.CHAR_DEVICE) == ""
    refusal = check(subject, Path("/dev/null"), HostPathType.BLOCK_DEVICE)
    assert refusal == "hostPath type check failed: /dev/null is not a block device"


def test_a_missing_folder_is_made_with_those_above_it(subject: Subject, node: Path) -> None:
    wanted = node / "new" / "inner"
    for _ in range(2):
        assert check(subject, wanted, HostPathType.DIRECTORY_OR_CREATE) == ""
    assert check(subject, wanted, HostPathType.DIRECTORY) == ""
    if not isinstance(subject.engine, MemoryEngine):
        assert wanted.stat().st_mode & 0o7777 == 0o755


def test_a_missing_file_is_made_in_a_folder_that_is_there(subject: Subject, node: Path) -> None:
    assert check(subject, node / "folder" / "new", HostPathType.FILE_OR_CREATE) == ""
    assert check(subject, node / "new", HostPathType.FILE_OR_CREATE) == ""
    assert check(subject, node / "new", HostPathType.FILE) == ""
    refusal = check(subject, node / "nowhere" / "new", HostPathType.FILE_OR_CREATE)
    assert refusal == f"open {node}/nowhere/new: no such file or directory"
    if not isinstance(subject.engine, MemoryEngine):
        assert (node / "new").stat().st_mode & 0o7777 == 0o644
        assert (node / "new").read_bytes() == b""


def test_what_may_be_made_and_is_there_has_to_fit(subject: Subject, node: Path) -> None:
    refusal = check(subject, node / "file", HostPathType.DIRECTORY_OR_CREATE)
    assert refusal == f"hostPath type check failed: {node}/file is not a directory"
    refusal = check(subject, node / "folder", HostPathType.FILE_OR_CREATE)
    assert refusal == f"hostPath type check failed: {node}/folder is not a file"


def test_what_must_exist_is_mounted_and_read_back_and_never_made(subject: Subject, node: Path) -> None:
    def mount(name: str, propagation: str = "") -> Mount:
        return Mount("/x", MountKind.BIND, str(node / name), must_exist=True, propagation=propagation)

    for number, wanted in enumerate((mount("folder"), mount("file"), mount("folder", "rslave"))):
        config = subject.config(mounts=(wanted,))
        subject.engine.create_container(op.CreateContainer(subject.name(f"a{number}"), config))
        assert compute_fixed_drift(config, subject.find(f"a{number}")) == ()
    with pytest.raises(EngineError, match="does not exist"):
        subject.engine.create_container(op.CreateContainer(subject.name("b"), subject.config(mounts=(mount("none"),))))
    assert not (node / "none").exists()
