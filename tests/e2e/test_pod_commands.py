"""What people type at a pod, on the engine's labels alone: no daemon runs and no source is given."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually
from tests.support.interrupts import heeding_interrupts

pytestmark = pytest.mark.docker

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: classic, labels: {app: classic}}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{name: site, emptyDir: {}}]
  containers:
  - name: server
    image: IMAGE
    command: [/bin/sh, -c, "echo hello > /site/index.html; echo serving; exec httpd -f -p LISTEN -h /site"]
    ports: [{name: http, containerPort: 8080}]
    resources: {limits: {memory: 32Mi, cpu: 500m}}
    volumeMounts: [{name: site, mountPath: /site}]
  - name: writer
    image: IMAGE
    workingDir: /tmp
    command: [/bin/sh, -c, "trap 'exit 0' TERM; n=0; while :; do n=$((n+1)); echo line $n; sleep 0.2 & wait; done"]
"""


def words(stage: Stage, *arguments: str) -> list[str]:
    """A command of a person who has named the instance and no more."""
    return ["--instance", stage.instance, "--state-dir", str(stage.root / "state"), *arguments]


def typed(stage: Stage, *arguments: str) -> list[str]:
    """The same with the program before it."""
    return [sys.executable, "-m", "gitpod_sync", *words(stage, *arguments)]


def run(stage: Stage, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return stage.commands.run(words(stage, *arguments))


def text(stage: Stage, *arguments: str) -> str:
    done = run(stage, *arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@contextlib.contextmanager
def running(stage: Stage, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command that goes on by itself; ended by Ctrl-C."""
    with heeding_interrupts():
        begun = subprocess.Popen(typed(stage, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with begun as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def converge(stage: Stage, **files: str) -> None:
    stage.push({f"{name}.yaml": content for name, content in files.items()})
    done = stage.run("sync")
    assert done.returncode == 0, done.stdout + done.stderr


def classic(*, listen: str = "8080") -> str:
    return POD.replace("LISTEN", listen)


def test_a_pod_is_described_with_its_containers_and_what_happened_to_it(stage: Stage) -> None:
    converge(stage, classic=classic())
    told = text(stage, "describe", "pod", "classic")
    for line in (
        r"Name: +classic",
        r"Status: +Running",
        r"IP: +\d+\.\d+\.\d+\.\d+",
        r"    Container ID: +docker://[0-9a-f]{64}",
        r"    Port: +8080/TCP",
        r"    State: +Running",
        r"    Restart Count: +0",
        r"      memory: +32Mi",
        r"      /site from site \(rw\)",
        r"  Ready +True",
        r"    Type: +EmptyDir .*",
        r"QoS Class: +Burstable",
        r"  Normal +Started +\S+ +gitpod-sync +Started container writer",
    ):
        assert re.search(f"^{line}$", told, flags=re.MULTILINE), f"{line}\n{told}"
    assert text(stage, "describe", "pod/classic").splitlines()[0] == told.splitlines()[0]
    missing = run(stage, "describe", "pod", "none")
    assert missing.returncode == 1
    assert len(missing.stderr.splitlines()) == 1


def test_what_a_crash_left_is_described_and_its_log_can_be_read(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1, command="echo attempt of $HOSTNAME; exit 3")})
    with stage.daemon():
        eventually(lambda: "BackOff" in text(stage, "events"), what="the event BackOff")
    told = text(stage, "describe", "pod")
    assert re.search(r"^    Last State: +Terminated$", told, flags=re.MULTILINE), told
    assert re.search(r"^      Exit Code: +3$", told, flags=re.MULTILINE), told
    listed = text(stage, "get", "events")
    assert re.search(r"Warning +Failed +pod/web-\S+ +Container main ended with exit code 3", listed), listed
    assert re.search(r"Normal +ScalingReplicaSet +deployment/web +Scaled up version \S+ to 1", listed), listed
    assert "ScalingReplicaSet" not in text(stage, "events", "--types", "Warning")
    only = text(stage, "events", "--for", "deployment/web")
    assert "pod/" not in only
    for flags in ((), ("--previous",)):
        assert text(stage, "logs", "deployment/web", *flags).startswith("attempt of web-")


def test_drift_that_was_mended_is_among_the_events(stage: Stage) -> None:
    converge(stage, web=deployment(replicas=1))
    with stage.daemon():
        (container,) = eventually(lambda: stage.running("web"))
        stage.client.pause(container.id)
        eventually(lambda: "Drift" in text(stage, "events"), what="the event Drift")
    assert "container main: it is paused; repaired by unpause-container" in text(stage, "events")


def test_logs_are_cut_marked_and_followed(stage: Stage) -> None:
    converge(stage, classic=classic())
    eventually(lambda: len(text(stage, "logs", "classic", "-c", "writer").splitlines()) > 3)
    assert len(text(stage, "logs", "pod/classic", "-c", "writer", "--tail", "2").splitlines()) == 2
    assert text(stage, "logs", "classic", "writer", "--since", "1h").startswith("line 1\n")
    assert text(stage, "logs", "classic", "-c", "writer", "--since-time", "2100-01-01T00:00:00Z") == ""
    assert re.match(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line 1\n", text(stage, "logs", "classic", "writer", "--timestamps")
    )
    everything = text(stage, "logs", "-l", "app in (classic,other)", "--all-containers", "--prefix", "--tail=-1")
    assert "[pod/classic/server] serving\n" in everything
    assert "[pod/classic/writer] line 1\n" in everything
    with running(stage, "logs", "-f", "classic", "-c", "writer", "--tail", "1") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
    numbers = [int(line.split()[1]) for line in lines]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


def test_following_ends_with_the_container(stage: Stage) -> None:
    converge(stage, classic=classic())
    with running(stage, "logs", "-f", "--prefix", "--all-containers", "classic") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"[pod/classic/")
        for each in stage.running("classic"):
            stage.client.kill(each.id)
        eventually(lambda: process.poll() is not None, within=20, what="the end of logs -f")
        assert process.returncode == 0


def test_a_log_that_is_not_there_is_one_line_and_status_one(stage: Stage) -> None:
    converge(stage, classic=classic())
    for arguments in (
        ("logs", "none"),
        ("logs", "classic", "-c", "none"),
        ("logs", "classic", "-c", "writer", "--previous"),
        ("logs", "classic", "--since", "soon"),
        ("logs",),
    ):
        done = run(stage, *arguments)
        assert done.returncode == 1, arguments
        assert b"not foreseen" not in done.stderr
        assert done.stderr.strip()


def test_a_command_gets_its_input_and_passes_on_its_outputs_and_its_status(stage: Stage) -> None:
    converge(stage, classic=classic(), web=deployment(replicas=1))
    done = run(stage, "exec", "classic", "-c", "writer", "--", "sh", "-c", "pwd; echo no >&2; exit 7")
    assert (done.returncode, done.stdout) == (7, b"/tmp\n")
    assert done.stderr == b"no\ncommand terminated with exit code 7\n"
    payload = os.urandom(300_000)
    command = typed(stage, "exec", "-i", "classic", "-c", "writer", "--", "cat")
    piped = subprocess.run(command, input=payload, capture_output=True, timeout=60, check=False)
    assert (piped.returncode, piped.stdout) == (0, payload)
    assert text(stage, "exec", "deployment/web", "--", "sh", "-c", "echo $VERSION") == "1\n"
    for _ in range(8):
        # What a quick command says first must not be lost on the way.
        assert text(stage, "exec", "classic", "-c", "writer", "--", "echo", "quick") == "quick\n"
    assert run(stage, "exec", "classic", "-c", "writer", "--", "no-such-program").returncode in {126, 127}


def test_a_terminal_has_the_size_of_the_window_and_follows_it(stage: Stage) -> None:
    converge(stage, classic=classic())
    pid, master = pty.fork()
    if pid == 0:
        shell = 'while read -r line; do eval "$line"; done'
        arguments = typed(stage, "exec", "-it", "classic", "-c", "writer", "--", "sh", "-c", shell)
        os.execv(arguments[0], arguments)
    try:
        resize(master, 33, 101)
        ask_until(master, b"stty size\n", b"33 101")
        resize(master, 44, 132)
        ask_until(master, b"stty size\n", b"44 132")
        # Ctrl-C is for the command, not for us.
        os.write(master, b"\x03")
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGINT
    finally:
        os.close(master)


def resize(master: int, rows: int, columns: int) -> None:
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def ask_until(master: int, question: bytes, answer: bytes) -> None:
    """Type the question again and again until the answer comes: a new size takes a moment."""
    seen = b""
    deadline = time.monotonic() + 30
    while answer not in seen:
        assert time.monotonic() < deadline, seen
        os.write(master, question)
        until = time.monotonic() + 0.5
        while (left := until - time.monotonic()) > 0 and select.select([master], [], [], left)[0]:
            seen += os.read(master, 65536)


def test_a_tree_goes_in_and_comes_out_again(stage: Stage, tmp_path: Path) -> None:
    converge(stage, classic=classic())
    tree = tmp_path / "tree"
    (tree / "deep" / "er").mkdir(parents=True)
    (tree / "program").write_text("#!/bin/sh\necho ran\n")
    (tree / "program").chmod(0o755)
    (tree / "deep" / "er" / "noise").write_bytes(os.urandom(3_000_000))
    (tree / "empty").mkdir()
    (tree / "link").symlink_to("program")
    # A relative path begins in the working directory, and a folder that exists gets the source into it.
    assert run(stage, "cp", str(tree), "classic:copied", "-c", "writer").returncode == 0
    assert run(stage, "cp", str(tree), "classic:/tmp/copied", "-c", "writer").returncode == 0
    assert text(stage, "exec", "classic", "-c", "writer", "--", "/tmp/copied/tree/link") == "ran\n"
    back = tmp_path / "back"
    done = run(stage, "cp", "default/classic:/tmp/copied/tree", str(back), "-c", "writer")
    assert done.returncode == 0, done.stderr
    assert b"passed over: tree/link" in done.stderr
    assert (back / "deep/er/noise").read_bytes() == (tree / "deep/er/noise").read_bytes()
    assert (back / "empty").is_dir()
    assert os.access(back / "program", os.X_OK)
    assert not (back / "link").exists()


def test_a_file_of_a_volume_goes_both_ways(stage: Stage, tmp_path: Path) -> None:
    converge(stage, classic=classic())
    page = tmp_path / "index.html"
    page.write_text("changed\n")
    assert run(stage, "cp", str(page), "classic:/site/").returncode == 0
    assert text(stage, "exec", "classic", "--", "cat", "/site/index.html") == "changed\n"
    assert run(stage, "cp", "classic:/site/index.html", str(tmp_path / "back")).returncode == 0
    assert (tmp_path / "back").read_text() == "changed\n"
    (tmp_path / "folder").mkdir()
    assert run(stage, "cp", "classic:/site/index.html", str(tmp_path / "folder")).returncode == 0
    assert (tmp_path / "folder" / "index.html").exists()


def test_what_cannot_be_copied_is_told_in_one_line(stage: Stage, tmp_path: Path) -> None:
    converge(stage, classic=classic())
    for arguments in (
        ("classic:/none", str(tmp_path)),
        (str(tmp_path / "none"), "classic:/tmp"),
        (str(tmp_path), "classic:/none/deeper"),
        ("classic:/etc", "classic:/tmp"),
        ("none:/etc", str(tmp_path)),
    ):
        done = run(stage, "cp", *arguments)
        assert done.returncode == 1, arguments
        assert b"not foreseen" not in done.stderr


@pytest.mark.parametrize("listen", ["8080", "127.0.0.1:8080"])
def test_a_port_of_this_machine_leads_to_the_pod(stage: Stage, listen: str, free_port: int) -> None:
    if listen != "8080" and os.geteuid() != 0:
        pytest.skip("only root enters the pod's network, where its loopback is")
    converge(stage, classic=classic(listen=listen))
    with running(stage, "port-forward", "classic", f"{free_port}:http", ":8080") as process:
        assert process.stdout is not None
        first = process.stdout.readline().decode()
        assert first == f"Forwarding from 127.0.0.1:{free_port} -> 8080\n"
        for _ in range(3):
            with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/", timeout=10) as answer:
                assert answer.read() == b"hello\n"
    assert process.returncode == 0


def test_a_port_nobody_listens_on_is_told_and_a_lost_pod_ends_it(stage: Stage, free_port: int) -> None:
    converge(stage, classic=classic())
    with running(stage, "port-forward", "pod/classic", f"{free_port}:9") as process:
        assert process.stdout is not None
        process.stdout.readline()
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{free_port}/", timeout=10):
            pass
        eventually(lambda: b"error occurred forwarding" in (process.stdout.readline() if process.stdout else b""))
        assert process.poll() is None
        (sandbox,) = stage.sandboxes()
        stage.client.kill(sandbox.id)
        eventually(lambda: process.poll() is not None, within=20, what="the end of port-forward")
        assert process.returncode == 1


def test_a_forwarding_in_the_background_of_a_script_ends_with_ctrl_c(stage: Stage, free_port: int) -> None:
    converge(stage, classic=classic())
    command = typed(stage, "port-forward", "classic", f"{free_port}:http")
    script = 'trap "" INT; exec "$@"'  # what a shell without job control does to what it begins with `&`
    process = subprocess.Popen(["/bin/sh", "-c", script, "sh", *command], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        eventually(lambda: process.poll() is not None, within=20, what="the end of port-forward")
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()


def test_top_counts_what_containers_use(stage: Stage) -> None:
    converge(stage, classic=classic(), web=deployment(replicas=1, command="while :; do :; done"))
    header, *rows = text(stage, "top", "pods").splitlines()
    assert header.split() == ["NAME", "CPU(cores)", "MEMORY(bytes)"]
    used = {row.split()[0].split("-")[0]: row.split()[1:] for row in rows}
    assert used.keys() == {"classic", "web"}
    assert 20 < int(used["web"][0].removesuffix("m")) < 700, (
        "half a core is its limit, of a machine that others use, too"
    )
    assert all(re.fullmatch(r"\d+Mi", memory) for _, memory in used.values())
    by_container = text(stage, "top", "pods", "--containers", "--no-headers", "classic").splitlines()
    assert [row.split()[:2] for row in by_container] == [["classic", "server"], ["classic", "writer"]]
    assert text(stage, "top", "pods", "-A", "--sort-by", "cpu").splitlines()[1].split()[1].startswith("web-")


def inspect(stage: Stage, container: str) -> dict[str, Any]:
    """As the engine tells it, its mounts in a fixed order: the engine's changes from look to look."""
    found: dict[str, Any] = stage.client.inspect_container(container)
    return {**found, "Mounts": sorted(found["Mounts"], key=lambda mount: str(mount["Destination"]))}


def test_nothing_is_written_by_what_only_looks(stage: Stage) -> None:
    converge(stage, classic=classic())
    before = [inspect(stage, each.id) for each in stage.seen()]
    for arguments in (("describe", "pod"), ("events",), ("logs", "classic"), ("top", "pods")):
        text(stage, *arguments)
    assert [inspect(stage, each["Id"]) for each in before] == before
