"""What could leak: read when all is quiet, so that two readings may be compared."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gitpod_sync.model.base.labels import INSTANCE
from tests.e2e.stage import Stage


@dataclass(frozen=True, slots=True)
class Reading:
    """Of the daemon: memory in MiB, threads, files, sockets. On the engine, under the instance's label: the rest."""

    memory: float
    threads: int
    files: int
    sockets: int
    """Connections to the engine are kept for the next call, as many as were once needed at one time."""
    containers: int
    dead: int
    volumes: int
    networks: int

    def __str__(self) -> str:
        return (
            f"daemon: {self.memory:.1f} MiB, {self.threads} threads, {self.files} open files, {self.sockets} sockets; "
            f"engine: {self.containers} containers running, {self.dead} dead, {self.volumes} volumes, "
            f"{self.networks} networks"
        )


def read(stage: Stage, daemon: int) -> Reading:
    """A reading of the daemon with this process id, and of what its instance has on the engine."""
    process, mine = Path(f"/proc/{daemon}"), {"label": f"{INSTANCE}={stage.instance}"}
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    states = [each.state for each in stage.seen()]
    opened = list(_open_files(process))
    sockets = sum(each.startswith("socket:") for each in opened)
    return Reading(
        memory=int(status["VmRSS"].split()[0]) / 1024,
        threads=int(status["Threads"]),
        files=len(opened) - sockets,
        sockets=sockets,
        containers=states.count("running"),
        dead=len(states) - states.count("running"),
        volumes=len(stage.client.volumes(filters=mine)["Volumes"] or []),
        networks=len(stage.client.networks(filters=mine)),
    )


def _open_files(process: Path) -> Iterator[str]:
    """What its open descriptors stand for: paths, and `socket:[…]`."""
    for each in (process / "fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            yield str(each.readlink())
