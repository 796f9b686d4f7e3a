"""`make soak`: a daemon under random faults for long, and what it leaks: nothing.

python -m tests.soak.run [--minutes N] [--seed N]

Faults strike for some minutes, then all has to come to rest and is measured, and so on. In the first quarter of the
time the daemon is ended and killed as well; then one daemon lives to the end, for three rounds at least. The last line
says how its last reading stands beside its second, when what is made once it is needed has been made. The
exit code is 1 when something has grown, or does not come to rest.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import APIClient
from docker.utils import kwargs_from_env

from scripts.tiny_image import import_tiny_image
from tests.e2e.proxy import EngineProxy
from tests.e2e.stage import Stage
from tests.soak import flawed
from tests.soak.faults import Faults
from tests.soak.measure import Reading, read
from tests.soak.system import CONTAINERS, PODS
from tests.support.copies import Interpreters

IMAGE = "gitpod-sync-soak/busybox:1"
DEFAULT_UNIX_SOCKET = "unix:///var/run/docker.sock"
ROUND = 300.0
"""Seconds of faults between two rests at most: a short soak has its six rounds as well."""

BETWEEN_FAULTS = (0.5, 4.0)
REST_WITHIN = 240.0
MEMORY_GROWTH = 1.15
"""The last reading beside the first that counts: an allocator's slack, no leak."""

COME_AND_GO = 4
"""Threads and files that happen to be there at a reading; what each fault leaves behind would be far more."""

MOST_SOCKETS = 80
"""The engine's pool keeps 64 connections; the streams of events and pulls, probes and sources have theirs beside it."""


class Soak:
    """The daemon and its faults."""

    def __init__(self, stage: Stage, proxy: EngineProxy, seed: int) -> None:
        self._stage = stage
        self._proxy = proxy
        self._rng = random.Random(seed)
        self._daemon: subprocess.Popen[bytes] | None = None
        self._flaw = stage.root / "flaw"
        self.faults = Faults(stage, proxy, self._rng, self._restart, self._flaw)
        stage.source = ("--config", str(_configure(stage)))
        self.readings: list[Reading] = []
        self.first_of_last_daemon = 0
        """The second reading of the last daemon: two rounds of faults have filled caches, pools and lanes."""

    def run(self, minutes: float) -> None:
        """Rounds of faults and rests until the time is over."""
        self.faults.push()
        self._start()
        self._rest()
        end = time.monotonic() + minutes * 60
        long = min(ROUND, minutes * 60 / 6)
        while time.monotonic() < end or not self._compares:
            if not self.faults.spare_daemon and end - time.monotonic() <= minutes * 45:
                self.faults.spare_daemon = True
                self.first_of_last_daemon = len(self.readings) + 1
            until = time.monotonic() + long
            while time.monotonic() < until:
                self.faults.strike()
                time.sleep(self._rng.uniform(*BETWEEN_FAULTS))
            self.faults.mend()
            self._rest()

    @property
    def _compares(self) -> bool:
        """Whether there are two readings of the last daemon that can be compared."""
        return self.faults.spare_daemon and len(self.readings) >= self.first_of_last_daemon + 2

    def stop(self) -> None:
        """End the daemon if it is there."""
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(timeout=60)

    def _start(self) -> None:
        with (self._stage.root / "daemon.log").open("ab") as log:
            python, module, _, *rest = self._stage.command("run")
            command = [python, module, flawed.__name__, *rest]
            environment = {**os.environ, flawed.FLAW: str(self._flaw), "DOCKER_HOST": self._proxy.url}
            self._daemon = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def _restart(self, by_kill: bool) -> None:
        assert self._daemon is not None
        if by_kill:
            self._daemon.kill()
        else:
            self._daemon.terminate()
        self._daemon.wait(timeout=60)
        self._start()

    def _rest(self) -> None:
        """Wait until nothing is left to do, and read."""
        assert self._daemon is not None
        begin, deadline = time.monotonic(), time.monotonic() + REST_WITHIN
        while True:
            assert self._daemon.poll() is None, "the daemon has ended by itself"
            reading = read(self._stage, self._daemon.pid)
            if reading.containers == CONTAINERS and self._stage.settled():
                break
            if time.monotonic() > deadline:
                sys.exit(f"no rest within {REST_WITHIN:g} s: {reading}\n{self._stage.run('diff').stdout}")
            time.sleep(1)
        self.readings.append(read(self._stage, self._daemon.pid))
        struck = sum(self.faults.done.values())
        print(f"{struck} faults; at rest after {time.monotonic() - begin:.0f} s; {self.readings[-1]}", flush=True)


def _configure(stage: Stage) -> Path:
    """Two sources: one may go bad while the other moves."""
    place = stage.root / "config.toml"
    urls = {"main": stage.repository, "beside": stage.root / "beside"}
    place.write_text("".join(f"[[source]]\nname = '{name}'\nurl = '{url}'\n" for name, url in urls.items()))
    return place


@contextmanager
def _stage() -> Iterator[tuple[Stage, EngineProxy]]:
    client = APIClient(**kwargs_from_env(), version="auto", timeout=120)
    import_tiny_image(client, IMAGE)
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder), client, f"soak-{uuid.uuid4().hex[:8]}", IMAGE, Interpreters())
        proxy = EngineProxy(Path(folder) / "engine.sock", os.environ.get("DOCKER_HOST") or DEFAULT_UNIX_SOCKET)
        try:
            yield stage, proxy
        finally:
            proxy.shut()
            stage.leave_nothing()
            client.remove_image(IMAGE, force=True)
            log = Path("build/soak.log")
            log.parent.mkdir(exist_ok=True)
            log.write_text(stage.log())


def _grown(first: Reading, last: Reading) -> list[str]:
    grown = [
        f"{name}: {getattr(first, name)} → {getattr(last, name)}"
        for name, more in (("threads", COME_AND_GO), ("files", COME_AND_GO), ("volumes", 0), ("networks", 0))
        if getattr(last, name) > getattr(first, name) + more
    ]
    if last.memory > first.memory * MEMORY_GROWTH:
        grown.append(f"memory: {first.memory:.1f} → {last.memory:.1f} MiB")
    if last.sockets > MOST_SOCKETS:
        grown.append(f"sockets: {first.sockets} → {last.sockets}")
    if last.dead > CONTAINERS:  # one attempt that ended is kept a container
        grown.append(f"dead containers: {last.dead}")
    return grown


def main() -> None:
    """Soak and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # so that what was begun is tidied up
    print(f"{PODS} pods, {CONTAINERS} containers, {options.minutes:g} minutes, seed {options.seed}", flush=True)
    with _stage() as (stage, proxy):
        soak = Soak(stage, proxy, options.seed)
        try:
            soak.run(options.minutes)
        finally:
            soak.stop()
    print(", ".join(f"{count} × {name}" for name, count in sorted(soak.faults.done.items())))
    grown = _grown(soak.readings[soak.first_of_last_daemon], soak.readings[-1])
    if grown:
        sys.exit(f"grown: {'; '.join(grown)}")
    print("nothing has grown")


if __name__ == "__main__":
    main()
