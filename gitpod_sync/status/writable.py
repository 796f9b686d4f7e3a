"""Whether anything can be written below a folder, found out without writing anything."""

import errno
import os
from pathlib import Path

LEAST_ROOM = 1024 * 1024
"""Bytes. With less a database cannot be opened to be written, nor a repository fetched."""

UNWRITABLE = frozenset({errno.EROFS, errno.ENOSPC, errno.EDQUOT})
"""What the kernel says of a place that takes nothing for the time being, whoever asks."""

READ_ONLY = "its file system is read-only"
NO_ROOM = "no space is left"
NOT_OURS = "this user may not write there"


def why_unwritable(folder: Path) -> str:
    """Why the folder cannot be written to, in words; "" when it can, and when it is no folder at all."""
    place = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        found = os.statvfs(place)
    except OSError as error:
        return f"it cannot be looked at: {error.strerror}"
    if found.f_flag & os.ST_RDONLY:
        return READ_ONLY
    # What is reserved for root is room for root.
    blocks, files = (found.f_bfree, found.f_ffree) if os.geteuid() == 0 else (found.f_bavail, found.f_favail)
    if blocks * found.f_frsize < LEAST_ROOM or (found.f_files and not files):
        return NO_ROOM
    return NOT_OURS if place.is_dir() and not os.access(place, os.W_OK | os.X_OK) else ""
