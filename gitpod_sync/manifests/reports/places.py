"""How a report names a file for a service that knows the repository and not this machine."""

from pathlib import PurePosixPath


def name_from(root: str, name: str) -> str:
    """The path from `root`, the absolute path of a checkout, when the file is below it; else the name as it is."""
    path = PurePosixPath(name)
    return path.relative_to(root).as_posix() if path.is_absolute() and path.is_relative_to(root) else name
