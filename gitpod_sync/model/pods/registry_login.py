"""The logins that a pod's `imagePullSecrets` hold for a registry.

Which of them count for an image is Kubernetes' rule (Kubernetes: "Images", "Interpretation of config.json"; package
credentialprovider): an entry names a host whose parts may be globs, perhaps a port, and perhaps the beginning of a
path. More telling entries come first, then the order in which the pod names its Secrets.
"""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from gitpod_sync.model.pods.configs import Secret
from gitpod_sync.model.pods.image import DEFAULT_REGISTRY, full_repository_of

JSON_TYPE = "kubernetes.io/dockerconfigjson"
OLD_TYPE = "kubernetes.io/dockercfg"
PULL_SECRETS: Mapping[str, str] = {JSON_TYPE: ".dockerconfigjson", OLD_TYPE: ".dockercfg"}
"""The types of Secrets that hold logins, and the key that they are under."""

_VERSION = re.compile(r"/v[12](?=/)")
"""The beginning of a path that is the API's and not a repository's."""


@dataclass(frozen=True, slots=True)
class Login:
    """A name and a password for a registry; never printed. `origin` says where they were found."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    origin: str = ""


class UnusableSecretError(Exception):
    """A Secret without logins; no value of it is in the message."""


@dataclass(frozen=True, slots=True)
class _Entry:
    pattern: str
    login: Login


def find_logins(image: str, secrets: Iterable[Secret]) -> tuple[Login, ...]:
    """Logins that count for the image, in the order of trying. Raises `UnusableSecretError`."""
    entries = [entry for secret in secrets for entry in _read(secret)]
    repository = full_repository_of(image)
    # Later in the alphabet is longer, of two that begin alike.
    for pattern_of in (repository, _default_key(repository)):
        found = sorted((each for each in entries if _matches(each.pattern, pattern_of)), key=_pattern, reverse=True)
        if found:
            return tuple(dict.fromkeys(each.login for each in found))
    return ()


def check_pull_secret(secret: Secret) -> None:
    """Raise `UnusableSecretError` for a Secret without a readable login."""
    for _ in _read(secret):
        pass


def _read(secret: Secret) -> Iterator[_Entry]:
    key = PULL_SECRETS.get(secret.type)
    if key is None:
        raise UnusableSecretError(f"{secret.key} is of the type {secret.type}, not {JSON_TYPE}")
    try:
        content = json.loads(secret.variables[key])
        entries = content["auths"] if secret.type == JSON_TYPE else content
        for registry, entry in entries.items():
            login = _login(entry, str(secret.key))
            if login is not None:
                yield _Entry(_normalized(registry), login)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, binascii.Error):
        raise UnusableSecretError(f"{secret.key} holds no logins of registries under `{key}`") from None


def _login(entry: Mapping[str, Any], origin: str) -> Login | None:
    """`auth` is `name:password` in base64 and wins over the two fields of these names."""
    username, password, auth = (entry.get(name) or "" for name in ("username", "password", "auth"))
    if auth:
        username, colon, password = b64decode(auth + "=" * (-len(auth) % 4)).decode().partition(":")
        if not colon:
            raise ValueError(auth)
    return Login(str(username), str(password), origin) if username or password else None


def _normalized(registry: str) -> str:
    """`https://host/v1/` → `host`, `host/path` as it stands."""
    host, slash, path = re.sub(r"^https?://", "", registry).partition("/")
    path = _VERSION.sub("", slash + path, count=1)
    return host + (path if path != "/" else "")


def _default_key(repository: str) -> str:
    """The other name under which the default registry's logins are kept."""
    host, _, path = repository.partition("/")
    return f"index.{host}/{path}" if host == DEFAULT_REGISTRY else repository


def _pattern(entry: _Entry) -> str:
    return entry.pattern


def _matches(pattern: str, repository: str) -> bool:
    """Whether the pattern fits: host part by host part, the port exactly, the path by its beginning."""
    globs, glob_port, beginning = _split(pattern)
    parts, port, path = _split(repository)
    if glob_port != port or len(globs) != len(parts) or not path.startswith(beginning):
        return False
    return all(fnmatchcase(part, glob.replace("[^", "[!")) for part, glob in zip(parts, globs, strict=True))


def _split(url: str) -> tuple[list[str], str, str]:
    host, slash, path = url.partition("/")
    name, _, port = host.partition(":")
    return name.split("."), port, slash + path
