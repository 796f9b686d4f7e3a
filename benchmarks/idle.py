"""What the daemon itself takes while nothing happens: a share of a core, and memory."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import APIClient

from benchmarks.bench import Figure, pods_of_two, remove_all
from gitpod_sync.model.base.codec import encode
from gitpod_sync.model.base.labels import INSTANCE

TIMEOUT = 120.0
SECONDS = 60.0
"""As long as the time between two polls of the source, so that one of them is within."""


def measure_idle(client: APIClient, pods: int) -> Iterator[Figure]:
    """A daemon of its own process over a folder with so many pods of two containers each, once all of them run."""
    instance = f"bench-{uuid.uuid4().hex[:8]}"
    label = f"{INSTANCE}={instance}"
    with TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "source"
        source.mkdir()
        items = [{"apiVersion": "v1", "kind": "Pod", **encode(pod)} for pod in pods_of_two(pods).workloads.values()]
        (source / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        options = ["--instance", instance, "--state-dir", str(root / "state"), "--source", str(source)]
        with (root / "log").open("wb") as log:
            daemon = subprocess.Popen([sys.executable, "-m", "gitpod_sync", "run", *options], stdout=log, stderr=log)
        try:
            _wait_until_running(client, label, pods * 3)
            begin = _cpu_seconds(daemon.pid)
            time.sleep(SECONDS)
            spent = _cpu_seconds(daemon.pid) - begin
            memory = _resident_mebibytes(daemon.pid)
        finally:
            daemon.terminate()
            daemon.wait(30)
            remove_all(client, label)
    yield Figure(f"idle daemon over {pods * 3} containers: CPU", spent / SECONDS * 100, "% of a core")
    yield Figure(f"idle daemon over {pods * 3} containers: memory", memory, "MiB")


def _wait_until_running(client: APIClient, label: str, containers: int) -> None:
    deadline = time.monotonic() + TIMEOUT
    while len(client.containers(filters={"label": label, "status": "running"})) < containers:
        if time.monotonic() > deadline:
            raise SystemExit(f"{containers} containers do not run within {TIMEOUT:g} s")
        time.sleep(0.5)
    # What follows the last start, such as writing it down, is not idle yet.
    time.sleep(5)


def _cpu_seconds(process: int) -> float:
    """Of the process and its threads, in user and system mode."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    user, system = int(after_name[11]), int(after_name[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def _resident_mebibytes(process: int) -> float:
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status["VmRSS"].split()[0]) / 1024
