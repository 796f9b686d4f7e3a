"""Repositories on this machine, recognised by their files. Does without git."""

from pathlib import Path


def is_repository(path: Path) -> bool:
    """Whether a folder is the top of a work tree, or a bare repository."""
    return (path / ".git").exists() or all((path / each).exists() for each in ("HEAD", "objects", "refs"))


def reference_folders(path: Path) -> tuple[Path, ...]:
    """The folders that hold HEAD and the branches of a repository: two of them for a linked work tree."""
    inner = path / ".git"
    if inner.is_file():
        inner = (path / inner.read_text().partition("gitdir:")[2].strip()).resolve()
        common = inner / "commondir"
        return (inner, (inner / common.read_text().strip()).resolve()) if common.exists() else (inner,)
    return (inner if inner.exists() else path,)
