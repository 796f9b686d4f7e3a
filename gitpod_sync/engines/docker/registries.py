"""Questions of the engine to registries: for an image, or for the digest of a tag; with one login after the other.

First come the logins of the pod's Secrets, then the host's (docker's config.json, with its credential stores and
helpers), then none. The host's file is read each time, so that a `docker login` counts at once.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from docker import APIClient, auth
from docker.errors import DockerException
from requests.exceptions import ReadTimeout
from urllib3.exceptions import ReadTimeoutError

from gitpod_sync.engines.docker.connecting.connection import engine_errors
from gitpod_sync.engines.docker.pull_stream import PullStream
from gitpod_sync.errors import EngineError, EngineUnavailable, ImageUnavailable
from gitpod_sync.model.engine.pull_progress import PullProgress
from gitpod_sync.model.pods.image import normalized_reference, repository_of
from gitpod_sync.model.pods.registry_login import Login

log = logging.getLogger(__name__)

T = TypeVar("T")

_HOST = "the login of the host"
_NONE = "no login"
_CONFIDENTIAL = ("username", "password", "Username", "Password", "IdentityToken")
_HIDDEN = "(hidden)"


class _StoodStill(ImageUnavailable):
    """A pull whose answer fell silent."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """`config` is what the engine takes for the header X-Registry-Auth."""

    origin: str
    config: Mapping[str, str] = field(repr=False)


def pull(client: APIClient, reference: str, logins: tuple[Login, ...], tell: Callable[[PullProgress], None]) -> int:
    """Pull the image and return its size in bytes; `tell` hears how far it has come.

    Raises `ImageUnavailable` with what the registry answered to each login.
    """

    def ask(config: dict[str, str]) -> int:
        stream, name = PullStream(), normalized_reference(reference)
        try:
            for message in client.pull(name, stream=True, decode=True, auth_config=config):
                if "error" in message:
                    raise ImageUnavailable(" ".join(str(message["error"]).split()))
                tell(stream.take(message))
        except (ReadTimeout, ReadTimeoutError) as error:
            raise _StoodStill("nothing more of it has come for minutes; the pull was broken off") from error
        inspect: Callable[[str], Mapping[str, Any]] = client.inspect_image
        return int(inspect(reference).get("Size") or 0)

    return _try_each(reference, logins, ask)


def find_digest(client: APIClient, reference: str, logins: tuple[Login, ...]) -> str:
    """The digest (`sha256:…`) that the registry has for the reference. Nothing is pulled. Raises `ImageUnavailable`."""

    def ask(config: dict[str, str]) -> str:
        inspect: Callable[[str, dict[str, str]], Mapping[str, Any]] = client.inspect_distribution
        return str(inspect(normalized_reference(reference), config)["Descriptor"]["digest"])

    return _try_each(reference, logins, ask)


def _try_each(reference: str, logins: tuple[Login, ...], ask: Callable[[dict[str, str]], T]) -> T:
    answers: dict[str, list[str]] = {}
    for attempt in _attempts(reference, logins):
        try:
            with engine_errors():
                return ask(dict(attempt.config))
        except (EngineUnavailable, _StoodStill):
            raise  # another login would not help
        except EngineError as error:
            answers.setdefault(_without(attempt.config, error.message), []).append(attempt.origin)
    raise ImageUnavailable("; ".join(_told(answer, origins) for answer, origins in answers.items()))


def _attempts(reference: str, logins: tuple[Login, ...]) -> Iterator[_Attempt]:
    for login in logins:
        yield _Attempt(login.origin, {"username": login.username, "password": login.password})
    own = _login_of_the_host(reference)
    if own:
        yield _Attempt(_HOST, own)
    yield _Attempt(_NONE, {})


def _login_of_the_host(reference: str) -> Mapping[str, str]:
    """The login of the host for a registry; empty without one, and when a helper fails, whose words may be secret."""
    try:
        registry, _ = auth.resolve_repository_name(repository_of(reference))
        return auth.load_config().resolve_authconfig(registry) or {}
    except (DockerException, OSError, ValueError) as error:
        log.warning("image %s: the host's own login cannot be read (%s)", reference, type(error).__name__)
        return {}


def _told(answer: str, origins: list[str]) -> str:
    """The registry's answer; the login that was tried is named where there was a choice."""
    return answer if origins == [_NONE] else f"{answer} (with {', '.join(origins)})"


def _without(config: Mapping[str, str], message: str) -> str:
    """The registry's answer without anything of the login, should it repeat that."""
    for name in _CONFIDENTIAL:
        if config.get(name):
            message = re.sub(rf"(?<!\w){re.escape(config[name])}(?!\w)", _HIDDEN, message)
    return message
