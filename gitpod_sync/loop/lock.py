"""A lock: one process at a time acts for an instance from one state directory."""

import fcntl
import hashlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gitpod_sync.errors import ConfigError
from gitpod_sync.status.writable import UNWRITABLE


@contextmanager
def acting(state_dir: Path, instance: str, remedy: str = "") -> Iterator[None]:
    """Hold the lock for the block. The kernel drops it when the process dies, however it dies.

    A file alone would not do: who deletes the state directory makes room for another one. So a name that no file bears
    is taken as well, where there are such names (Linux: unix(7), abstract sockets); it knows nothing of the processes
    in other network namespaces, and the file does. It alone is taken where the file cannot be made, on a full or
    read-only disk. Raises `ConfigError` when another process holds either, with the `remedy` where the common one will
    not do.
    """
    path = state_dir / f"{instance}.lock"
    try:
        descriptor = _open(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be opened: {error.strerror}", "set state_dir to a writable folder") from error
    try:
        if descriptor is not None:
            _take(descriptor, instance, remedy)
        why = f"{state_dir} was deleted under it" if descriptor is not None else f"{path} cannot be made"
        with _name_of(path.resolve(), instance, why, remedy):
            yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _open(path: Path) -> int | None:
    """The file, made when it is missing; None where it is missing and nothing can be written now. Raises `OSError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
    with suppress(FileNotFoundError):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return None


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
def _name_of(path: Path, instance: str, why: str, remedy: str) -> Iterator[None]:
    """`why` the file alone did not tell."""
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
                f"another process acts for instance {instance!r}, and {why}",
                remedy or "stop it first, or choose another --instance",
            ) from error
        yield


def _take(descriptor: int, instance: str, remedy: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise ConfigError(
            f"process {holder} already acts for instance {instance!r}",
            remedy or "let it do the work, stop it first, or choose another --instance",
        ) from error
    # Who holds it is only told; on a full or read-only disk it is not.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
