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
    """The files below a source's sub-path, by their path from there, and where they come from.

    `commit` is the full commit hash; for a plain folder it is `folder-` and a digest of its content. `skipped` names
    the entries that are no plain files (symbolic links, submodules) with the reason; they are reported, not followed.
    `refused` names the manifests that could not be taken, with the reason; they fail the revision.
    `names` has what people call a file when that is neither its path nor the source's name and its path.
    """

    source: str
    commit: str
    files: Mapping[str, SourceFile]
    author: str = ""
    subject: str = ""
    committed_at: float = 0.0
    skipped: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
