"""One state of a source: the files of a commit, or of a folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's bytes and their Git blob hash (40 hex digits), which names the content."""

    blob: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Revision:
    """The files below a source's sub-path, and where they come from."""

    source: str
    """Name of the source."""
    commit: str
    """The full commit hash; for a plain folder `folder-` and a digest of its content."""
    files: Mapping[str, SourceFile]
    """By path from the sub-path."""
    author: str = ""
    """Of the commit; "" for a folder."""
    subject: str = ""
    """First line of the commit's message; "" for a folder."""
    committed_at: float = 0.0
    """In seconds since the epoch; 0 for a folder."""
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Entries that are no plain files (symbolic links, submodules), with the reason: reported, not followed."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What people call a file, where that is neither its path nor the source's name and its path."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Manifests that could not be taken, with the reason; they fail the revision."""
