"""Paths inside containers and volumes, as engines keep them."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from posixpath import normpath

_LONGEST_NAME = 255
_LONGEST_PATH = 4095
"""Linux: NAME_MAX, and PATH_MAX without its end."""


def cleaned(path: str) -> str:
    """The shortest path that means the same (Go's filepath.Clean, as engines do it); "" stays "" for "not said"."""
    # POSIX gives two leading slashes a meaning of their own, Go does not.
    return normpath(path).replace("//", "/") if path else ""


def first_names(paths: Iterable[str]) -> frozenset[str]:
    """Names at the top of a volume with these relative paths."""
    return frozenset(PurePosixPath(path).parts[0] for path in paths)


def reason_against(path: str, *, in_mount: bool) -> str:
    """Why no file can have this path below a volume; "" when one can. One that is mounted has no ':', either."""
    if any(ord(character) < ord(" ") for character in path):
        return "it holds a control character"
    if in_mount and ":" in path:
        return "it holds a ':', which an engine cannot be given in the path of a mount"
    if any(len(part.encode(errors="replace")) > _LONGEST_NAME for part in path.split("/")):
        return f"a name in it is longer than {_LONGEST_NAME} bytes"
    if len(path.encode(errors="replace")) > _LONGEST_PATH:
        return f"it is longer than {_LONGEST_PATH} bytes"
    return ""
