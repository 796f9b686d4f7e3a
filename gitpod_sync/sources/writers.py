"""Whether a file is being written to at this moment, as the kernel knows it."""

import errno
import fcntl
import os
import signal
import sys
from pathlib import Path


def has_writer(place: Path) -> bool:
    """Whether some process has the file open for writing. False as well where nobody can tell.

    A lease for reading is granted only where there is no writer (Linux: fcntl(2), "Leases"), to the file's owner and to
    root. It is given back at once; to whom it is in the way in between, the kernel lets wait, and has us sent a signal,
    which is one that is ignored by default.
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
        return error.errno == errno.EAGAIN
    finally:
        # With it goes the lease.
        os.close(descriptor)
    return False
