"""One process at a time acts for an instance from one state directory."""

import fcntl
import hashlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitpod_sync.errors import ConfigError


@contextmanager
def acting(state_dir: Path, instance: str) -> Iterator[None]:
    """Hold the lock for the block. The kernel drops it when the process dies, however it dies.

    A file alone would not do: who deletes the state directory makes room for another one. So a name that no file bears
    is taken as well, where there are such names (Linux: unix(7), abstract sockets); it knows nothing of the processes
    in other network namespaces, and the file does. Raises `ConfigError` when another process holds either.
    """
    path = state_dir / f"{instance}.lock"
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"{path} cannot be opened: {error.strerror}", "set state_dir to a writable folder") from error
    try:
        _take(descriptor, instance)
        with _name_of(path.resolve(), instance):
            yield
    finally:
        os.close(descriptor)


def is_acting(state_dir: Path, instance: str) -> bool:
    """Whether some process acts for the instance from this state directory now."""
    try:
        descriptor = os.open(state_dir / f"{instance}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def find_actor(state_dir: Path, instance: str) -> str:
    """The number of the process that acts for the instance from this state directory now; "" when none does."""
    if not is_acting(state_dir, instance):
        return ""
    try:
        return (state_dir / f"{instance}.lock").read_text(errors="replace").strip() or "unknown"
    except OSError:
        return "unknown"


@contextmanager
def _name_of(path: Path, instance: str) -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as name:
        try:
            # Such a name has at most 107 bytes, and anybody may take it: so it tells who we are, too.
            digest = hashlib.sha256(f"{os.geteuid()}:{path}".encode()).hexdigest()
            name.bind(f"\0gitpod-sync/{digest}")
        except OSError as error:
            raise ConfigError(
                f"another process acts for instance {instance!r}, and {path.parent} was deleted under it",
                "stop it first, or choose another --instance",
            ) from error
        yield


def _take(descriptor: int, instance: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise ConfigError(
            f"process {holder} already acts for instance {instance!r}",
            "let it do the work, stop it first, or choose another --instance",
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
