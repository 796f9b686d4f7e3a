"""ConfigMaps and Secrets that pods can be given (Kubernetes: core/v1 validation). Values are never repeated."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping

from gitpod_sync.manifests.checks.others.secret_types import check_secret_type
from gitpod_sync.manifests.codes import Severity
from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

_LARGEST = 1024 * 1024
"""Kubernetes keeps at most 1 MiB in a ConfigMap or Secret."""


def check_config_map(value: Mapping[str, Json]) -> Iterator[Finding]:
    """Keys are given once, binary data is base64, and all of it is at most 1 MiB."""
    data, binary = value.get("data", {}), value.get("binaryData", {})
    for key in sorted(data.keys() & binary.keys()):
        message = f"the key `{key}` stands in `data` too"
        yield Finding("duplicate", ("binaryData", key), message, "keep one of the two", on_key=True)
    yield from _check_base64(binary, ("binaryData",), "put text under `data`")
    yield from _check_size(data, binary)


def check_secret(value: Mapping[str, Json]) -> Iterator[Finding]:
    """`data` is base64, all of it is at most 1 MiB, and the type has the keys that it is there for."""
    data, texts = value.get("data", {}), value.get("stringData", {})
    for key in sorted(data.keys() & texts.keys()):
        message = f"the key `{key}` stands in `stringData` too, which counts"
        yield Finding("duplicate", ("data", key), message, "keep one of the two", Severity.WARNING, on_key=True)
    broken = list(_check_base64(data, ("data",), "put plain text under `stringData`"))
    yield from broken
    yield from _check_size(texts, data)
    if not broken:
        contents = {**{key: decoded(text) or b"" for key, text in data.items()}, **_encoded(texts)}
        yield from check_secret_type(value, contents)


def decoded(text: str) -> bytes | None:
    """The bytes of a base64 text, with line breaks anywhere; None for any other text."""
    try:
        return b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (NotBase64, ValueError):
        return None


def _encoded(texts: Mapping[str, str]) -> Mapping[str, bytes]:
    return {key: text.encode("utf-8", "surrogatepass") for key, text in texts.items()}


def _check_base64(values: Mapping[str, str], path: FieldPath, hint: str) -> Iterator[Finding]:
    for key in sorted(values):
        if decoded(values[key]) is None:
            yield Finding("not-base64", (*path, key), f"the value of `{key}` is not base64", hint)


def _check_size(texts: Mapping[str, str], encoded: Mapping[str, str]) -> Iterator[Finding]:
    size = sum(map(len, _encoded(texts).values()))
    size += sum(len(decoded(text) or b"") for text in encoded.values())
    if size > _LARGEST:
        message = f"the values have {size} bytes, more than the {_LARGEST} that are allowed"
        yield Finding("too-large", ("metadata", "name"), message, "split it")
