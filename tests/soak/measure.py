"""What could leak: read when all is quiet, so that two readings may be compared."""

from dataclasses import dataclass
from pathlib import Path

from gitpod_sync.model.base.labels import INSTANCE
from tests.e2e.stage import Stage


@dataclass(frozen=True, slots=True)
class Reading:
    """Of the daemon: memory in MiB, threads, open files. On the engine, under the instance's label: the rest."""

    memory: float
    threads: int
    files: int
    containers: int
    dead: int
    volumes: int
    networks: int

    def __str__(self) -> str:
        return (
            f"daemon: {self.memory:.1f} MiB, {self.threads} threads, {self.files} open files; engine: "
            f"{self.containers} containers running, {self.dead} dead, {self.volumes} volumes, {self.networks} networks"
        )


def read(stage: Stage, daemon: int) -> Reading:
    """A reading of the daemon with this process id, and of what its instance has on the engine."""
    process, mine = Path(f"/proc/{daemon}"), {"label": f"{INSTANCE}={stage.instance}"}
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    states = [each.state for each in stage.seen()]
    return Reading(
        memory=int(status["VmRSS"].split()[0]) / 1024,
        threads=int(status["Threads"]),
        files=len(list((process / "fd").iterdir())),
        containers=states.count("running"),
        dead=len(states) - states.count("running"),
        volumes=len(stage.client.volumes(filters=mine)["Volumes"] or []),
        networks=len(stage.client.networks(filters=mine)),
    )
