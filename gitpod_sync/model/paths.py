"""Paths inside containers, as engines keep them."""

from posixpath import normpath


def cleaned(path: str) -> str:
    """The shortest path that means the same (Go's filepath.Clean, as engines do it); "" stays "" for "not said"."""
    # POSIX gives two leading slashes a meaning of their own, Go does not.
    return normpath(path).replace("//", "/") if path else ""
