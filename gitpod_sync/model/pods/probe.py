"""Probes and hooks as the user writes them.

Source of the rules: Kubernetes, "Liveness, Readiness, and Startup Probes" and "Container Lifecycle Hooks". A number
that is written as 0 where 0 has no meaning is taken as not written: the support table lists it as a default.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True)
class PortRef:
    """A port by its number, or by the name that the container gives it under `ports`."""

    value: int | str

    def to_json(self) -> int | str:
        """The port as a manifest writes it."""
        return self.value

    @classmethod
    def from_json(cls, value: int | str) -> Self:
        """The codec's way in."""
        return cls(value)

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True, slots=True)
class ExecAction:
    """A command run in the container; exit code 0 is success. No shell is involved."""

    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpHeader:
    """A header sent with the request; a repeated name is sent repeatedly, except Host."""

    name: str
    value: str


class Scheme(StrEnum):
    """How an HTTP endpoint is spoken to; certificates are not verified."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"


@dataclass(frozen=True, slots=True)
class HttpGetAction:
    """A request; a status from 200 to 399 is success. An empty `host` means the pod's address."""

    port: PortRef
    path: str = "/"
    host: str = ""
    scheme: Scheme = Scheme.HTTP
    http_headers: tuple[HttpHeader, ...] = ()


@dataclass(frozen=True, slots=True)
class TcpSocketAction:
    """A connection that is opened and closed again. An empty `host` means the pod's address."""

    port: PortRef
    host: str = ""


@dataclass(frozen=True, slots=True)
class GrpcAction:
    """A call of grpc.health.v1.Health/Check; SERVING is success."""

    port: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class SleepAction:
    """A pause of so many seconds."""

    seconds: int


class ProbeKind(StrEnum):
    """The decision that a probe makes."""

    STARTUP = "startup"
    READINESS = "readiness"
    LIVENESS = "liveness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question, asked again and again (Kubernetes: Probe); exactly one of the first four is set."""

    exec: ExecAction | None = None
    """A command in the container; exit code 0 is success."""
    http_get: HttpGetAction | None = None
    """A GET; any status from 200 to 399 is success."""
    tcp_socket: TcpSocketAction | None = None
    """A connection that is accepted is success."""
    grpc: GrpcAction | None = None
    """The gRPC health protocol; SERVING is success."""
    initial_delay_seconds: int = 0
    """Seconds from the container's start to the first question."""
    timeout_seconds: int = 1
    """Seconds after which no answer is a failure."""
    period_seconds: int = 10
    """Seconds from one question to the next."""
    success_threshold: int = 1
    """Successes in a row that turn a failed verdict into a good one."""
    failure_threshold: int = 3
    """Failures in a row that turn a good verdict into a failed one."""
    termination_grace_period_seconds: int | None = None
    """Grace, in seconds, of a container that is ended for failing it; None: the pod's own."""

    @property
    def action(self) -> "ProbeAction | None":
        """The question; None only in a probe that the checks refuse."""
        return self.exec or self.http_get or self.tcp_socket or self.grpc


ProbeAction = ExecAction | HttpGetAction | TcpSocketAction | GrpcAction


@dataclass(frozen=True, slots=True)
class LifecycleHandler:
    """The action of a hook; exactly one is set."""

    exec: ExecAction | None = None
    http_get: HttpGetAction | None = None
    sleep: SleepAction | None = None

    @property
    def call(self) -> "HookCall | None":
        """The call to be carried out; None for a pause, which is only a time to wait for."""
        return self.exec or self.http_get


HookCall = ExecAction | HttpGetAction


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Hooks: `post_start` begins once the container has been started, `pre_stop` before the container is ended.

    `stop_signal` is the signal that ends it; "" means the image's.
    """

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str = ""
