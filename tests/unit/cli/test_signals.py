"""Signals at every moment of a command's life, and output that nobody takes."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.interrupts import heeding_interrupts

SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: NAME}\n"
CONFIG = """
instance = "sim"
state_dir = "STATE"
[engine]
url = "simulated"
[[source]]
url = "SOURCE"
"""


class Program:
    """A command that is under way, and what it has said so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.told = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.told += line

    def wait_for(self, words: str) -> None:
        eventually(lambda: words in self.told, lambda: f"{words!r} in {self.told}")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        status = self.process.wait(timeout=30)
        self._reader.join(timeout=30)
        return status

    def holds(self, number: signal.Signals) -> bool:
        (blocked,) = (
            line.split()[1]
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
            if line.startswith("SigBlk:")
        )
        return bool(int(blocked, 16) & 1 << (number - 1))


def eventually(look: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline, what()
        time.sleep(0.002)


@contextmanager
def started(*arguments: str) -> Iterator[Program]:
    command = [sys.executable, "-m", "gitpod_sync", *arguments]
    with heeding_interrupts():
        begun = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with begun as process:
        try:
            yield Program(process)
        finally:
            process.kill()


def write_config(root: Path, source: str, **changes: str) -> Path:
    text = CONFIG.replace("SOURCE", str(root / source)).replace("STATE", changes.get("state", str(root / "state")))
    (root / "config.toml").write_text(text)
    return root / "config.toml"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "space.yaml").write_text(SPACE.replace("NAME", name))
    return write_config(tmp_path, "first")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
@pytest.mark.parametrize("after", [0.0, 0.15, 0.4])
def test_a_daemon_that_is_still_loading_ends_as_one_that_runs(
    config: Path, number: signal.Signals, status: int, after: float
) -> None:
    with started("run", "--config", str(config)) as program:
        eventually(lambda: program.holds(number) or "in force" in program.told, lambda: "nothing is held")
        assert "in force" not in program.told
        time.sleep(after)
        assert program.end(number) == status
        assert "Traceback" not in program.told


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_a_daemon_that_runs_ends_by_ctrl_c_and_by_term(config: Path, number: signal.Signals, status: int) -> None:
    with started("run", "--config", str(config)) as program:
        program.wait_for("no workload is asked for")
        assert program.end(number) == status
        assert "Traceback" not in program.told


@pytest.mark.parametrize("after", [0.0, 0.1])
def test_a_command_that_is_still_loading_ends_quietly_by_ctrl_c(config: Path, after: float) -> None:
    with started("diff", "--config", str(config)) as program:
        eventually(lambda: program.holds(signal.SIGINT), lambda: "nothing is held")
        time.sleep(after)
        assert program.end(signal.SIGINT) == 130
        assert program.told.strip() == ""


def test_hup_has_the_daemon_read_its_configuration_and_name_what_needs_a_restart(config: Path) -> None:
    root = config.parent
    with started("run", "--config", str(config)) as program:
        program.wait_for("no workload is asked for")
        write_config(root, "second", state=str(root / "elsewhere"))
        program.process.send_signal(signal.SIGHUP)
        program.wait_for("the configuration was read again; state_dir: changed, and read at a restart only")
        eventually(lambda: program.told.count("is in force") == 2, lambda: program.told)
        config.write_text("[[source]]\nurl = 5\n")
        program.process.send_signal(signal.SIGHUP)
        program.wait_for("the configuration cannot be used; what was in force stays")
        (root / "second" / "more.yaml").write_text(SPACE.replace("NAME", "more"))
        eventually(lambda: program.told.count("is in force") == 3, lambda: program.told)
        (root / "first" / "more.yaml").write_text(SPACE.replace("NAME", "nobody-looks"))
        assert program.end(signal.SIGTERM) == 0
    assert "in force: 2 objects" in program.told
    assert not (root / "elsewhere").exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [("--help",), ("diff", "--output", "json", "--config", "CONFIG")])
def test_a_reader_who_leaves_ends_a_command_quietly_and_a_full_disk_with_one_line(
    config: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    command = [sys.executable, "-m", "gitpod_sync", *(each.replace("CONFIG", str(config)) for each in arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
    assert (process.returncode, told) == (141, "")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == (
        "gitpod-sync: what is printed cannot be written: No space left on device; see where standard output goes\n"
    )
