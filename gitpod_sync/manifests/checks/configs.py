"""ConfigMaps and Secrets that pods can be given (Kubernetes: core/v1 validation). Values are never repeated."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.documents import FieldPath
from gitpod_sync.manifests.findings import Finding
from gitpod_sync.model.configs import ConfigMap, Secret

_LARGEST = 1024 * 1024
"""Kubernetes keeps at most 1 MiB in a ConfigMap or Secret."""


def check_config_map(config: ConfigMap) -> Iterator[Finding]:
    """Keys are given once, binary data is base64, and all of it is at most 1 MiB."""
    for key in sorted(config.data.keys() & config.binary_data.keys()):
        message = f"the key `{key}` stands in `data` too"
        yield Finding("duplicate", ("binaryData", key), message, "keep one of the two", on_key=True)
    yield from _check_base64(config.binary_data, ("binaryData",), "put text under `data`")
    yield from _check_size(config.data, config.binary_data)


def check_secret(secret: Secret) -> Iterator[Finding]:
    """`data` is base64, and all of it is at most 1 MiB."""
    yield from _check_base64(secret.data, ("data",), "put plain text under `stringData`")
    yield from _check_size(secret.data, secret.string_data)


def _check_base64(values: Mapping[str, str], path: FieldPath, hint: str) -> Iterator[Finding]:
    for key in sorted(values):
        try:
            b64decode(values[key].replace("\n", "").replace("\r", ""), validate=True)
        except (NotBase64, ValueError):
            yield Finding("not-base64", (*path, key), f"the value of `{key}` is no base64", hint)


def _check_size(*parts: Mapping[str, str]) -> Iterator[Finding]:
    size = sum(len(value.encode()) for values in parts for value in values.values())
    if size > _LARGEST:
        message = f"the values have {size} bytes, more than the {_LARGEST} that are allowed"
        yield Finding("too-large", ("metadata", "name"), message, "split it")
