"""Promises of the types of Secrets (Kubernetes: core/v1 validation, Secret; "Types of Secret"). Values stay unsaid."""

import json
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.words import listed
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import Json

_KEYS: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_FILLED = "kubernetes.io/ssh-auth"
_JSON = {"kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"}
_LOGIN = "kubernetes.io/basic-auth"
_ACCOUNT = "kubernetes.io/service-account-token"
_ACCOUNT_NAME = "kubernetes.io/service-account.name"


def check_secret_type(value: Mapping[str, Json], contents: Mapping[str, bytes]) -> Iterator[Finding]:
    """The keys of the Secret's type are there, and credentials of registries are JSON."""
    kind: str = value.get("type") or "Opaque"
    field = "data" if value.get("data") else "stringData"
    for key in _KEYS.get(kind, ()):
        if key not in contents or (kind == _FILLED and not contents[key]):
            message = f"a Secret of the type {kind} needs the key `{key}`"
            yield Finding("missing-key", (field,), message, f"add it: it has {_keys(contents)}")
        elif kind in _JSON and not _is_mapping(contents[key]):
            message = f"the value of `{key}` is not a JSON mapping"
            yield Finding("wrong-format", (_place(value, key), key), message, 'write it like {"auths": {…}}')
    if kind == _LOGIN and not contents.keys() & {"username", "password"}:
        message = f"a Secret of the type {kind} needs the key `username` or `password`"
        yield Finding("missing-key", (field,), message, f"add one: it has {_keys(contents)}")
    if kind == _ACCOUNT and not value["metadata"].get("annotations", {}).get(_ACCOUNT_NAME):
        message = f"a Secret of the type {kind} names its account in the annotation {_ACCOUNT_NAME}"
        yield Finding("missing-field", ("metadata", "annotations", _ACCOUNT_NAME), message, "add it")


def _keys(contents: Mapping[str, bytes]) -> str:
    return listed(contents) or "no keys"


def _place(value: Mapping[str, Json], key: str) -> str:
    return "stringData" if key in value.get("stringData", {}) else "data"


def _is_mapping(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except (ValueError, RecursionError):
        return False
