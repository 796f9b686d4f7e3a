"""What is asked of a running container, with names resolved, and what comes of it."""

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


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """A probe to be made of one run of a container (see `Health`) from `begins_at` on. Times are as in `Probe`.

    `passing` is where it stands, whether its last verdict was good: a probe stays the same one when that changes.
    `subject` names the container to people.
    """

    container: str
    run: float
    kind: ProbeKind
    question: Question
    begins_at: float
    timeout: float
    period: float
    success_threshold: int
    failure_threshold: int
    passing: bool = field(compare=False)
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """A verdict that has changed: so many answers in a row were good, or were not. `at` is in epoch seconds.

    `decides` False: an answer that says something new and has not changed the verdict, or not yet.
    """

    container: str
    run: float
    kind: ProbeKind
    passed: bool
    at: float
    detail: str = ""
    decides: bool = True
