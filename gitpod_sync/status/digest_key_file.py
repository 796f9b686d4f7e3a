"""Where an instance's digest key is kept: a file that only its owner may read."""

import os
import secrets
from pathlib import Path

from gitpod_sync.errors import ConfigError
from gitpod_sync.model.digest_key import DigestKey

_LENGTH = 32


def read_digest_key(path: Path) -> DigestKey:
    """The key in the file, or a new one when there is no whole one. Raises `ConfigError` for an unusable place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and len(found := path.read_bytes()) == _LENGTH:
            return DigestKey(found)
        return DigestKey(_make(path))
    except OSError as error:
        raise ConfigError(f"the key in {path} cannot be used: {error}", "set state_dir to a writable folder") from error


def _make(path: Path) -> bytes:
    """Written whole beside its place first, so that another process never reads half a key."""
    key = secrets.token_bytes(_LENGTH)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        os.fsync(descriptor)
    draft.replace(path)
    return key
