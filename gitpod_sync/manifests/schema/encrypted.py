"""Manifests that SOPS has encrypted: they are called so, and what is encrypted never gets as far as a container.

Source of the form: SOPS, "Encrypting using age" and "Important information on types": the key `sops` at the top of the
document holds its metadata, and each encrypted value is a text `ENC[AES256_GCM,data:…]`.
"""

from collections.abc import Mapping

from gitpod_sync.manifests.diagnostics.findings import Finding
from gitpod_sync.manifests.yaml.documents import FieldPath, Json

MARK = "ENC[AES256_GCM,"
_METADATA = "sops"
_OF_METADATA = frozenset({"mac", "lastmodified", "version"})
_MESSAGE = "the manifest is encrypted by SOPS, which is not read here"
_HINT = "decrypt it, or keep it out of the source's path"


def is_encrypted(value: Json) -> bool:
    """Whether the document has the metadata of SOPS."""
    metadata = value.get(_METADATA) if isinstance(value, dict) else None
    return isinstance(metadata, dict) and not _OF_METADATA.isdisjoint(metadata)


def encrypted_document(root: FieldPath) -> Finding:
    """The one finding for such a document, instead of all the others that it would have."""
    return Finding("encrypted", (*root, _METADATA), _MESSAGE, _HINT, on_key=True)


def encrypted_value(value: Json) -> Finding | None:
    """The first encrypted text in an object that has lost its sops metadata: nobody could decrypt it any more."""
    path = _path_of_mark(value, ())
    return None if path is None else Finding("encrypted", path, "a value is still encrypted by SOPS", _HINT)


def _path_of_mark(value: Json, path: FieldPath) -> FieldPath | None:
    match value:
        case str():
            return path if value.startswith(MARK) else None
        case list():
            entries: Mapping[str | int, Json] = dict(enumerate(value))
        case dict():
            entries = value
        case _:
            return None
    below = (_path_of_mark(item, (*path, key)) for key, item in entries.items())
    return next((found for found in below if found is not None), None)
