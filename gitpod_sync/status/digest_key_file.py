"""The file of an instance's digest key, which only its owner may read."""

import logging
import os
import secrets
from pathlib import Path

from gitpod_sync.errors import ConfigError
from gitpod_sync.model.records.digest_key import DigestKey
from gitpod_sync.status.writable import UNWRITABLE

log = logging.getLogger(__name__)

_LENGTH = 32


def read_digest_key(path: Path) -> DigestKey:
    """The key in the file, or a new key when there is no whole one. Raises `ConfigError` for an unusable place.

    Where nothing can be written now, a new one is in use that `keep_digest_key` has to keep: until then nothing that
    another process has made compares, nor what this one makes for the next.
    """
    try:
        found = _find(path)
        if found:
            return found
        key = new_digest_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, key)
    except OSError as error:
        if error.errno in UNWRITABLE:
            log.warning("the key in %s cannot be made: %s; what it is for counts as changed", path, error.strerror)
            return new_digest_key()
        raise ConfigError(f"the key in {path} cannot be used: {error}", "set state_dir to a writable folder") from error
    return key


def keep_digest_key(path: Path, key: DigestKey) -> bool:
    """Write down a key that is in use and could not be; whether it is there by now.

    A key that somebody else has written down meanwhile stays, and so does ours in this process: what runs was made with
    it, and would seem to be changed.
    """
    try:
        if _find(path) is None:
            _write(path, key)
    except OSError:
        return False
    return True


def find_digest_key(path: Path) -> DigestKey:
    """The key in the file, or a key as good as the next pass would make. Nothing is written."""
    try:
        return _find(path) or new_digest_key()
    except OSError as error:
        log.warning("the key in %s cannot be read: %s", path, error.strerror)
        return new_digest_key()


def new_digest_key() -> DigestKey:
    """A fresh random key."""
    return DigestKey(secrets.token_bytes(_LENGTH))


def _find(path: Path) -> DigestKey | None:
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    return DigestKey(found) if len(found) == _LENGTH else None


def _write(path: Path, key: DigestKey) -> None:
    """Whole beside its place first, so that another process never reads half a key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.secret)
        os.fsync(descriptor)
    draft.replace(path)
