"""Whether a file is being written to at this moment, as the kernel knows it."""

import errno
import fcntl
import os
import signal
import sys
from pathlib import Path

_LEASES_MEAN_WRITERS = frozenset(
    {"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"}
)
"""File systems of this machine alone; one of the network may give the same answer for reasons of its own."""

_MOUNTS = Path("/proc/self/mountinfo")


def has_writer(place: Path) -> bool:
    """Whether some process has the file open for writing; False where that cannot be known.

    A lease for reading is granted only where there is no writer (Linux: fcntl(2), "Leases"), to the file's owner and to
    root. It is given back at once; a process that opens the file in between is made to wait by the kernel, and we are
    sent a signal, which is one that is ignored by default.
    """
    if sys.platform != "linux":
        return False
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN and _file_system_of(descriptor) in _LEASES_MEAN_WRITERS
    finally:
        # With it goes the lease.
        os.close(descriptor)
    return False


def _file_system_of(descriptor: int) -> str:
    """The type of the file system of an open file; "" where it is unknown."""
    device = os.fstat(descriptor).st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    # proc(5): `36 35 98:0 /root /mount rw,noatime master:1 - ext3 /dev/root rw`.
    found = (line.partition(" - ")[2].split(" ")[0] for line in mounts if line.split(" ")[2] == wanted)
    return next(found, "")
