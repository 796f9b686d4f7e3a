"""Questions to a running container, with names resolved, and their answers."""

from dataclasses import dataclass, field

from gitpod_sync.model.pods.probe import HttpHeader, ProbeKind, Scheme


@dataclass(frozen=True, slots=True)
class RunCommand:
    """A command in the container; exit code 0 is the good answer."""

    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestHttp:
    """A GET; a status from 200 to 399 is the good answer. `path` may have a query."""

    host: str
    port: int
    path: str = "/"
    scheme: Scheme = Scheme.HTTP
    headers: tuple[HttpHeader, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectTcp:
    """A connection; that it opens is the good answer."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class CheckGrpc:
    """grpc.health.v1.Health/Check; SERVING is the good answer."""

    host: str
    port: int
    service: str = ""


Question = RunCommand | RequestHttp | ConnectTcp | CheckGrpc
HookQuestion = RunCommand | RequestHttp


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered; `detail` says why when it was not `good`. It is for people and may be long.

    `late`: a command was still running when its time was over.
    """

    good: bool
    detail: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """A probe to be made of one run of a container. Numbers and defaults are those of `Probe`."""

    container: str
    """The engine's id."""
    run: float
    """Which run of the container is meant (see `Health`)."""
    kind: ProbeKind
    """Which of its three probes."""
    question: Question
    """What is asked, with addresses and ports resolved."""
    begins_at: float
    """When the first question is due, in seconds since the epoch."""
    timeout: float
    """In seconds."""
    period: float
    """In seconds."""
    success_threshold: int
    """Answers in a row that turn the verdict to good."""
    failure_threshold: int
    """Answers in a row that turn the verdict to bad."""
    passing: bool = field(compare=False)
    """Whether the last verdict was good. The probe stays the same one when that changes, so it is not compared."""
    subject: str = ""
    """The container's name, for people."""


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """News of a probe: a verdict that has changed, or an answer that says something new."""

    container: str
    """The engine's id."""
    run: float
    """Which run of the container answered (see `Health`)."""
    kind: ProbeKind
    """Which of its three probes."""
    passed: bool
    """Whether the answer was good."""
    at: float
    """When it came, in seconds since the epoch."""
    detail: str = ""
    """Why it was not good; "" when it was."""
    decides: bool = True
    """False: a new answer that has not changed the verdict, or not yet."""
