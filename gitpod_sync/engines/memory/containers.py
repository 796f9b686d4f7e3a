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


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The doings of an image's program: it runs for ever and ends on TERM, unless something else is set here."""

    exits_after: float | None = None
    """Seconds after its start; None: never by itself."""
    exit_code: int = 0
    """Of an end by itself."""
    ignores_term: bool = False
    """Whether only KILL ends it."""
    message: str = ""
    """What it leaves as its termination message."""
    fails_to_start: str = ""
    """The engine's message about a program that is not there; `{words}` in it: what was to be run."""
    answers_well: Mapping[str, tuple[float, float | None]] = field(default_factory=dict)
    """When (seconds from the start; None: for ever) a probe of a kind or command of a name succeeds; else always."""

    def refusal(self, config: ContainerConfig) -> str:
        """The engine's message when the program cannot be run."""
        return self.fails_to_start.replace("{words}", " ".join((*(config.entrypoint or ()), *(config.command or ()))))

    def answer(self, what: str, seconds: float) -> Answer:
        """How it answers so many seconds after its start."""
        begin, end = self.answers_well.get(what, (float("-inf"), None))
        good = begin <= seconds and (end is None or seconds < end)
        return Answer(good, "" if good else "it answers badly")


_CHANGING = attrgetter(
    *("name", "config", "limits", "status", "started_at", "finished_at", "exit_code", "oom_killed", "error")
)


@dataclass(slots=True, kw_only=True)
class SimulatedContainer:
    """A container of the simulated engine. Times are seconds since the epoch."""

    id: str
    """Never given twice."""
    name: str
    """Free again once the container is removed."""
    config: ContainerConfig
    """As it was asked for when it was created."""
    image: ImageInfo
    """What the reference named then."""
    behaviour: Behaviour
    """What its program does."""
    created_at: float
    """When it was created."""
    limits: Limits
    """Those in force, which may have been changed since."""
    status: ContainerStatus = ContainerStatus.CREATED
    """Docker's word."""
    started_at: float | None = None
    """Of the last start; None: never started."""
    finished_at: float | None = None
    """Of the last end; None: never ended."""
    exit_code: int = 0
    """Of the last end."""
    oom_killed: bool = False
    """Whether the last end was the kernel's doing, for want of memory."""
    error: str = ""
    """The engine's message about a start that failed; "" for one that did not."""
    endpoints: dict[str, str] = field(default_factory=dict)
    """The networks it is attached to, with its addresses there."""

    @property
    def state(self) -> tuple[object, ...]:
        """Everything an observer could see change."""
        return (*_CHANGING(self), *self.endpoints.items())

    @property
    def alive(self) -> bool:
        """Whether it has a process."""
        return self.status in {ContainerStatus.RUNNING, ContainerStatus.PAUSED}

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the container."""
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
