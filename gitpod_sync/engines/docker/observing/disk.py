"""Sizes on this machine's disk, as the file system counts them: blocks, once for each file."""

import os
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 512
"""Bytes of what `st_blocks` counts."""


def tree_size(root: Path) -> int | None:
    """Bytes of a folder and all below it; None where it cannot be seen. No symbolic link is followed."""
    seen: set[tuple[int, int]] = set()
    total = 0
    try:
        if not root.is_dir():
            return None
        for entry in _walk(root):
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # it went while we looked
            if status.st_nlink > 1 and not entry.is_dir(follow_symlinks=False):
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
            total += status.st_blocks * _BLOCK
    except OSError:
        return None
    return total


def log_size(root: Path, container: str) -> int:
    """Bytes of the log of a container, rotated parts included, as the engine's own two drivers keep it."""
    folder = root / "containers" / container
    files = (*folder.glob(f"{container}-json.log*"), *folder.glob("local-logs/*"))
    return sum(map(_file_size, files))


def _file_size(path: Path) -> int:
    try:
        return path.lstat().st_blocks * _BLOCK
    except OSError:
        return 0  # it was rotated away while we looked


def _walk(root: Path) -> Iterator[os.DirEntry[str]]:
    folders = [str(root)]
    while folders:
        try:
            entries = list(os.scandir(folders.pop()))
        except FileNotFoundError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            yield entry
