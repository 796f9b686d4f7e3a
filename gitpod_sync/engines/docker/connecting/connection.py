"""The connection to the engine, made when it is first needed, so that a daemon can be started before its engine."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import docker.api.client
import requests
from docker import APIClient
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

from gitpod_sync.errors import (
    DiskFull,
    EngineConflict,
    EngineError,
    EngineNotFound,
    EngineUnavailable,
    ImageUnavailable,
)

CALL_TIMEOUT = 60
"""Seconds that a call may take."""

PULL_SILENCE = 300
"""Seconds that a pull may go on without a word; the engine tells of every piece that comes."""

_PULL = "/images/create"

_READING = {"GET", "HEAD"}
_NO_SPACE = "no space left on device"
_TAKEN = ("port is already allocated", "address already in use", "is already in use by container")


class Client(APIClient):
    """Gives up a pull that stands still: docker's client would wait for ever, and the engine with it."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request; a pull is broken off when its answer falls silent."""
        if _PULL in request.path_url and kwargs.get("timeout") is None:
            kwargs["timeout"] = PULL_SILENCE
        return super().send(request, **kwargs)


class ReadOnlyClient(APIClient):
    """A client that refuses to send anything but GET and HEAD, whichever of its methods is called."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request that reads. Raises `EngineError` for any other."""
        if request.method not in _READING:
            raise EngineError(f"a dry run must not {request.method} {request.path_url}")
        return super().send(request, **kwargs)


class Connection:
    """One client for all threads. `url` None means DOCKER_HOST or the local socket."""

    def __init__(self, url: str | None, *, read_only: bool, pool_size: int) -> None:
        self._url = url
        self._kind = ReadOnlyClient if read_only else Client
        self._pool_size = pool_size
        self._lock = threading.Lock()
        self._client: APIClient | None = None
        self._failures = 0

    @property
    def client(self) -> APIClient:
        """The client. Raises `EngineUnavailable` when the engine does not answer the first call."""
        client = self._client
        if client is not None:
            return client
        failures = self._failures
        if not self._lock.acquire(timeout=CALL_TIMEOUT):
            raise _unavailable("others are waiting for it to be connected")
        try:
            if self._client is None:
                # Whoever has waited for another that tried in vain has waited as long as for a call of its own.
                if self._failures != failures:
                    raise _unavailable("another has just tried to connect")
                self._client = self._try_to_connect()
            return self._client
        finally:
            self._lock.release()

    def _try_to_connect(self) -> APIClient:
        try:
            with engine_errors():
                return self._connect()
        except EngineError:
            self._failures += 1
            raise

    @property
    def read_only(self) -> bool:
        """Whether whatever would write is refused."""
        return self._kind is ReadOnlyClient

    @property
    def address(self) -> str:
        """Where the engine is, as a URL; "" for the local socket."""
        return str(compute_settings(self._url, os.environ).get("base_url") or "")

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _connect(self) -> APIClient:
        settings = compute_settings(self._url, os.environ)
        address = str(settings.get("base_url", ""))
        behind_ssh = address.startswith("ssh://")
        if behind_ssh:
            _load_ssh()
        try:
            return self._kind(
                **settings,
                version="auto",
                timeout=CALL_TIMEOUT,
                max_pool_size=self._pool_size,
                use_ssh_client=behind_ssh,
            )
        except ValueError as error:
            remedy = "write it like unix:///path, tcp://host:port or ssh://user@host"
            raise EngineError(f"{address!r} is not the address of an engine", remedy) from error


def _load_ssh() -> None:
    """Load the parts of SSH that were kept out when docker was imported."""
    adapter = import_module("docker.transport.sshconn").SSHHTTPAdapter
    docker.api.client.SSHHTTPAdapter = adapter  # type: ignore[attr-defined] # it is there unless it was kept out


def compute_settings(url: str | None, environment: Mapping[str, str]) -> dict[str, Any]:
    """Where and how to connect. DOCKER_TLS_VERIFY and DOCKER_CERT_PATH count for every address."""
    return dict(kwargs_from_env({**environment, "DOCKER_HOST": url} if url else environment))


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what docker and requests raise into our own errors, with the engine's message as one line."""
    try:
        yield
    except APIError as error:
        raise _translate(error) from error
    except (requests.exceptions.RequestException, DockerException, OSError) as error:
        raise _unavailable(_why(error)) from error


def _translate(error: APIError) -> EngineError:
    message = _one_line(str(error.explanation or error))
    status = error.response.status_code if error.response is not None else 0
    if _NO_SPACE in message.lower():
        return DiskFull()
    if "no such image" in message.lower():
        return ImageUnavailable(message)
    if status == requests.codes.not_found:
        return EngineNotFound(message)
    if status == requests.codes.conflict or any(each in message for each in _TAKEN):
        return EngineConflict(message)
    return EngineError(message)


def _unavailable(message: str) -> EngineUnavailable:
    if "Permission denied" in message:
        return EngineUnavailable("the engine may not be used by this user", "use sudo, or join the group docker")
    remedy = "check that dockerd runs and that DOCKER_HOST or --engine is right"
    return EngineUnavailable(f"the engine does not answer: {message}", remedy)


def _why(error: BaseException) -> str:
    """The system's own message, where libraries have wrapped it up again and again; else theirs."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__cause__ or inner.__context__
    return _one_line(str(error))


def _one_line(text: str) -> str:
    return " ".join(text.split())
