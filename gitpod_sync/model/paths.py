"""Paths inside containers and volumes, as engines keep them."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from posixpath import normpath


def cleaned(path: str) -> str:
    """The shortest path that means the same (Go's filepath.Clean, as engines do it); "" stays "" for "not said"."""
    # POSIX gives two leading slashes a meaning of their own, Go does not.
    return normpath(path).replace("//", "/") if path else ""


def first_names(paths: Iterable[str]) -> frozenset[str]:
    """What stands at the top of a volume that has these relative paths."""
    return frozenset(PurePosixPath(path).parts[0] for path in paths)
