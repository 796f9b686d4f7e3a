"""The files of a source that are read at all."""

MANIFEST_SUFFIXES = (".yaml", ".yml", ".json")
LARGEST_FILE = 50 * 1024 * 1024
"""Bytes. A larger file is no manifest that a person wrote; it is reported and not read."""


def is_manifest(path: str) -> bool:
    """Whether the name is one of a manifest."""
    return path.lower().endswith(MANIFEST_SUFFIXES)


def too_large(size: int) -> str:
    """Why a file of this size is not read; "" when it is."""
    return f"it is larger than {LARGEST_FILE // 1024 // 1024} MiB" if size > LARGEST_FILE else ""
