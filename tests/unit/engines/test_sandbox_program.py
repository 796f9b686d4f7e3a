"""The sandbox program, run by the kernel as the subreaper of orphans, does what process 1 does in a pod."""

import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from gitpod_sync.engines.docker.observing.levels import levels_of_output, read_file_system, read_memory
from gitpod_sync.engines.docker.sandbox_program import sandbox_program
from gitpod_sync.errors import EngineError
from gitpod_sync.model.records.pressure import Level, Signal

REPOSITORY = Path(__file__).parents[3]
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
ASSEMBLERS = {"x86_64-linux-gnu-as": "binutils-x86-64-linux-gnu", "aarch64-linux-gnu-as": "binutils-aarch64-linux-gnu"}

BECOME_PROGRAM_WITH_ORPHAN = """
import ctypes, os, sys
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
if os.fork() == 0:
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        sys.stdin.read()
    os._exit(0)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Leaves a child that has ended, and its child, which ends when standard input is closed."""


@dataclass
class Sandbox:
    """The program running, and the process that it adopted."""

    process: subprocess.Popen[str]
    stdin: IO[str]
    orphan: int


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    if platform.machine() not in ARCHITECTURES:
        pytest.skip(f"there is no sandbox program for {platform.machine()}")
    program = tmp_path / "sandbox"
    program.write_bytes(sandbox_program(ARCHITECTURES[platform.machine()]))
    program.chmod(0o755)
    command = [sys.executable, "-c", BECOME_PROGRAM_WITH_ORPHAN, str(program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        orphan = int(process.stdout.readline())
        try:
            eventually(lambda: waits(process.pid, program))
            yield Sandbox(process, process.stdin, orphan)
        finally:
            process.kill()


def eventually(look: Callable[[], bool], within: float = 30.0) -> None:
    deadline = time.monotonic() + within
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def state_and_parent(pid: int) -> tuple[str, int] | None:
    """Letter of the state (proc(5)) and parent; None when there is no such process, not even a zombie."""
    with suppress(FileNotFoundError, ProcessLookupError):
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        return state, int(parent)
    return None


def waits(pid: int, program: Path) -> bool:
    """Whether the process has become the program and sleeps: it does so only where it waits for signals."""
    found = state_and_parent(pid) if Path(f"/proc/{pid}/exe").readlink() == program else None
    return found is not None and found[0] == "S"


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_child_that_ended_before_the_program_began_is_reaped(sandbox: Sandbox) -> None:
    eventually(lambda: children(sandbox.process.pid) == [sandbox.orphan])


def test_an_adopted_orphan_is_reaped_when_it_ends(sandbox: Sandbox) -> None:
    eventually(lambda: state_and_parent(sandbox.orphan) == ("S", sandbox.process.pid))
    sandbox.stdin.close()
    eventually(lambda: state_and_parent(sandbox.orphan) is None)
    assert sandbox.process.poll() is None


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_the_program_ends_well_when_asked_to(sandbox: Sandbox, asked: signal.Signals) -> None:
    sandbox.process.send_signal(asked)
    assert sandbox.process.wait(timeout=30) == 0


def test_being_stopped_and_continued_does_not_end_the_program(sandbox: Sandbox) -> None:
    pid = sandbox.process.pid
    eventually(lambda: state_and_parent(pid) == ("S", os.getpid()))
    sandbox.process.send_signal(signal.SIGSTOP)
    eventually(lambda: state_and_parent(pid) == ("T", os.getpid()))
    sandbox.process.send_signal(signal.SIGCONT)
    eventually(lambda: state_and_parent(pid) != ("T", os.getpid()))
    sandbox.process.send_signal(signal.SIGTERM)
    assert sandbox.process.wait(timeout=30) == 0


def test_an_engine_of_another_architecture_is_refused_with_a_remedy() -> None:
    with pytest.raises(EngineError, match="'s390x'; use an engine on amd64 or arm64"):
        sandbox_program("s390x")


def test_the_kept_programs_are_what_the_sources_assemble_to(tmp_path: Path) -> None:
    missing = [package for assembler, package in ASSEMBLERS.items() if shutil.which(assembler) is None]
    if missing:
        pytest.skip(f"needs the Debian packages {' '.join(missing)}")
    subprocess.run([REPOSITORY / "scripts/build_sandbox.sh", tmp_path], check=True)
    for architecture in ARCHITECTURES.values():
        assert (tmp_path / architecture).read_bytes() == sandbox_program(architecture)


@pytest.fixture
def execute(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the program with orders, as it is executed in a sandbox."""
    if platform.machine() not in ARCHITECTURES:
        pytest.skip(f"there is no sandbox program for {platform.machine()}")
    program = tmp_path / "sandbox"
    program.write_bytes(sandbox_program(ARCHITECTURES[platform.machine()]))
    program.chmod(0o755)

    def run(*orders: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([program, *orders], check=False, timeout=30, stdout=subprocess.PIPE)

    return run


@pytest.fixture
def obey(execute: Callable[..., subprocess.CompletedProcess[bytes]]) -> Callable[..., int]:
    """The exit status of the program with orders."""
    return lambda *orders: execute(*orders).returncode


def test_orders_are_obeyed_one_after_another(obey: Callable[..., int], tmp_path: Path) -> None:
    old, new, folder = tmp_path / "old", tmp_path / "new", tmp_path / "folder"
    old.symlink_to("1")
    new.symlink_to("2")
    folder.mkdir()
    (folder / "file").touch()
    orders = ("rename", new, old, "unlink", folder / "file", "delete", folder, "mode", "2750", tmp_path)
    assert obey(*orders) == 0
    assert old.readlink() == Path("2")
    assert not new.is_symlink()
    assert not folder.exists()
    assert tmp_path.stat().st_mode & 0o7777 == 0o2750


def test_an_order_that_fails_is_told_and_the_next_ones_are_obeyed(obey: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert obey("unlink", tmp_path / "none", "unlink", tmp_path / "file") == 1
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("orders", [("nonsense",), ("rename", "a"), ("mode",), ("unlink",)])
def test_what_is_no_whole_order_is_refused(obey: Callable[..., int], orders: tuple[str, ...]) -> None:
    assert obey(*orders) == 1


def test_a_file_is_printed_whole(execute: Callable[..., subprocess.CompletedProcess[bytes]], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(os.urandom(10_000))
    (tmp_path / "empty").touch()
    done = execute("print", file, "print", tmp_path / "empty", "print", file)
    assert (done.returncode, done.stdout) == (0, 2 * file.read_bytes())


@pytest.mark.parametrize("order", ["print", "free"])
def test_what_cannot_be_looked_at_is_told(obey: Callable[..., int], tmp_path: Path, order: str) -> None:
    assert obey(order, tmp_path / "none") == 1


def test_what_the_program_tells_of_memory_and_disks_is_what_the_kernel_says(
    execute: Callable[..., subprocess.CompletedProcess[bytes]], tmp_path: Path
) -> None:
    done = execute("free", tmp_path, "free", "/proc", "print", "/proc/meminfo")
    levels, disk, memory = levels_of_output(done.stdout), read_file_system(tmp_path), read_memory()
    assert memory is not None
    assert levels[Signal.MEMORY_AVAILABLE].capacity == memory.capacity
    assert levels[Signal.NODEFS_AVAILABLE].capacity == disk.size
    assert levels[Signal.IMAGEFS_AVAILABLE] == Level(0, 0)
    if disk.inodes:
        assert levels[Signal.NODEFS_INODES_FREE].capacity == disk.inodes
    assert all(0 <= level.available <= level.capacity for level in levels.values())
    with pytest.raises(EngineError, match="do not tell of two file systems"):
        levels_of_output(done.stdout[:200])


def test_a_tree_is_given_to_a_group_and_links_out_of_it_are_not_followed(
    obey: Callable[..., int], tmp_path: Path
) -> None:
    group = os.getgroups()[-1] if os.geteuid() else 4321
    outside = tmp_path / "outside"
    outside.touch(0o600)
    tree = tmp_path / "tree"
    deep = tree / "a/.b/..c"
    deep.mkdir(parents=True)
    for number in range(200):
        (deep / f"a file with a long name {number}").touch(0o600)
    (deep / "link").symlink_to(outside)
    assert obey("share", str(group), tree) == 0
    found = [tree, *tree.rglob("*")]
    assert {each.lstat().st_gid for each in found} == {group}
    assert {each.stat().st_mode & 0o7777 for each in found if each.is_dir()} == {0o2775}
    assert {each.stat().st_mode & 0o7777 for each in found if each.is_file() and not each.is_symlink()} == {0o660}
    assert outside.stat().st_mode & 0o7777 == 0o600


@pytest.mark.parametrize(("group", "left"), [(0, True), (1, False)])
def test_a_tree_that_is_shared_already_is_left(
    obey: Callable[..., int], tmp_path: Path, group: int, *, left: bool
) -> None:
    own = os.getgid()
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").touch()
    obey("share", str(own), tree)
    assert obey("expect", str(own + group), tree, "unlink", tree / "file") == 0
    assert (tree / "file").exists() is left
