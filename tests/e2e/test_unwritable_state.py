"""A state directory that takes nothing: pods are looked after, and it is said that nothing is written down."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.manifests import deployment
from tests.e2e.stage import Stage, eventually

READ_ONLY = 'mount --bind "$STATE" "$STATE" && mount -o remount,ro,bind "$STATE"'
FULL = """
cp -a "$STATE" "$STATE.copy" && mount -t tmpfs -o size=2m none "$STATE" && cp -a "$STATE.copy/." "$STATE/"
dd if=/dev/zero of="$STATE/filling" bs=4k status=none; true
"""
REASONS = {READ_ONLY: "its file system is read-only", FULL: "no space is left"}


@contextmanager
def without_writing(stage: Stage, condition: str) -> Iterator[int]:
    """The id of a process in whose mounts the state directory takes nothing."""
    script = f"({condition}) && echo so && exec sleep 1000"
    environment = {**os.environ, "STATE": str(stage.root / "state")}
    command = ["unshare", "--mount", "sh", "-c", script]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            if process.stdout.readline() != b"so\n":
                process.kill()
                _, why = process.communicate()
                pytest.skip(f"nothing can be mounted here: {why.decode()}")
            yield process.pid
        finally:
            process.kill()


@contextmanager
def daemon_in(stage: Stage, mounts: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = ["nsenter", f"--mount=/proc/{mounts}/ns/mnt", f"--wd={Path.cwd()}", *stage.command("run", "--verbose")]
    with (stage.root / "daemon.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def run_in(stage: Stage, mounts: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["nsenter", f"--mount=/proc/{mounts}/ns/mnt", f"--wd={Path.cwd()}", *stage.command(*arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("condition", [READ_ONLY, FULL])
def test_pods_are_healed_and_looked_at_without_a_writable_state(stage: Stage, condition: str) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    stage.sync()
    (before,) = stage.running("web")
    with without_writing(stage, condition) as mounts, daemon_in(stage, mounts):
        eventually(lambda: "workloads complete" in stage.log(), what=stage.log)
        assert f"cannot be written: {REASONS[condition]}" in stage.log()
        stage.client.remove_container(before.id, force=True)
        eventually(lambda: [each for each in stage.running("web") if each.id != before.id], what="another container")
        got = run_in(stage, mounts, "get", "pods")
        assert got.returncode == 0, got.stderr
        assert f"cannot be written: {REASONS[condition]}" in got.stderr
        assert "web-" in got.stdout
        assert run_in(stage, mounts, "describe", "deployment", "web").returncode == 0
        assert "Created container main" in run_in(stage, mounts, "events").stdout
        assert run_in(stage, mounts, "rollout", "restart", "deployment/web").returncode == 1
        # What is pushed meanwhile is read, too, though no mirror can be kept.
        stage.push({"web.yaml": deployment(replicas=2)})
        eventually(lambda: len(stage.running("web")) == 2, what="two of them")
        assert run_in(stage, mounts, "diff").returncode == 0


def test_commands_that_only_look_leave_nothing_behind(stage: Stage) -> None:
    stage.push({"web.yaml": deployment(replicas=1)})
    for arguments in (("diff",), ("get", "pods"), ("get", "nodes"), ("events",), ("describe", "pod")):
        assert stage.run(*arguments).returncode in {0, 2}
        assert not (stage.root / "state").exists()
