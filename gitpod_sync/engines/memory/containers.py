"""Simulated containers and the programs in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from gitpod_sync.model.engine.container import ContainerConfig, Limits
from gitpod_sync.model.engine.observed import ContainerStatus, ImageInfo
from gitpod_sync.model.records.probing import Answer

KILLED = 137
"""Exit code of a process that KILL ended: 128 + 9."""

NOT_FOUND = 127
"""Exit code of a program that is not there, as shells give it."""

TERMINATED = 143
"""Exit code of a process that TERM ended: 128 + 15."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an image's program does: runs for ever and ends on TERM, unless said otherwise. Times are in seconds.

    `message` is what it leaves as its termination message.
    `fails_to_start` is what the engine says of a program that is not there; `{words}` in it are what was to be run.
    `answers_well` says from when to when after its start (None: for ever) it answers a probe of that kind, or runs a
    command of that name, as it should; what is not named is always answered well.
    """

    exits_after: float | None = None
    exit_code: int = 0
    ignores_term: bool = False
    message: str = ""
    fails_to_start: str = ""
    answers_well: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)

    def refusal(self, config: ContainerConfig) -> str:
        """What the engine says when it cannot run the program."""
        return self.fails_to_start.replace("{words}", " ".join((*(config.entrypoint or ()), *(config.command or ()))))

    def answer(self, what: str, seconds: float) -> Answer:
        """How it answers so many seconds after its start."""
        begin, end = self.answers_well.get(what, (float("-inf"), None))
        good = begin <= seconds and (end is None or seconds < end)
        return Answer(good, "" if good else "it answers badly")


_CHANGING = attrgetter(
    *("name", "config", "limits", "status", "started_at", "finished_at", "exit_code", "oom_killed", "error")
)


@dataclass(slots=True)
class SimulatedContainer:
    """A container's state; `endpoints` maps the networks it is attached to onto its addresses there."""

    id: str
    name: str
    config: ContainerConfig
    image: ImageInfo
    behaviour: Behaviour
    created_at: float
    limits: Limits
    status: ContainerStatus = ContainerStatus.CREATED
    started_at: float | None = None
    finished_at: float | None = None
    exit_code: int = 0
    oom_killed: bool = False
    error: str = ""
    endpoints: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> tuple[object, ...]:
        """All that can change of what an observer sees of it."""
        return (*_CHANGING(self), *self.endpoints.items())

    @property
    def alive(self) -> bool:
        """It has a process."""
        return self.status in {ContainerStatus.RUNNING, ContainerStatus.PAUSED}

    @property
    def labels(self) -> Mapping[str, str]:
        """Its labels."""
        return self.config.labels

    @property
    def own_end(self) -> float | None:
        """When its program comes to its own end; None when it runs for ever."""
        after = self.behaviour.exits_after
        return None if after is None else (self.started_at or 0.0) + after

    def due_to_end(self, now: float) -> float | None:
        """When its program has come to its own end by now; None when it has not."""
        end = self.own_end if self.status is ContainerStatus.RUNNING else None
        return end if end is not None and end <= now else None
