"""The source that an address means."""

import os
from collections.abc import Callable
from pathlib import Path

from gitpod_sync.errors import SourceError
from gitpod_sync.redaction import redact
from gitpod_sync.sources.address import check_address, local_path
from gitpod_sync.sources.folder import FolderSource
from gitpod_sync.sources.local import is_repository
from gitpod_sync.sources.protocol import Source
from gitpod_sync.sources.spec import SourceSpec


def open_source(spec: SourceSpec, state_dir: Path, keeps: Callable[[], bool] = lambda: True) -> Source:
    """A Git repository by URL or path, or a plain folder. Mirrors and copies are kept below `state_dir`.

    While `keeps` is not so nothing is written there: what is fetched is gone with the process.

    Raises `SourceError` for an address that cannot be used.
    """
    check_address(spec.url)
    path = local_path(spec.url)
    if path is None or not path.exists() or is_repository(path):
        # One that is not there (a disk not mounted yet) may have been mirrored before. When it is called, git itself
        # tells what is missing.
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
        from gitpod_sync.sources.git_mirror import GitSource

        return GitSource(spec, state_dir / "sources", keeps)
    if not path.is_dir() or spec.url.startswith("file://"):
        raise SourceError(f"{redact(spec.url)} is neither a repository nor a folder", "check the path")
    return FolderSource(spec, path, state_dir / "sources")
