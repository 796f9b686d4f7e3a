"""What lies in the work tree of a repository on this machine, and is not what a commit has.

Only told, never read as manifests. No filter, hook or attribute of the repository acts: bytes are compared.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from gitpod_sync.model.revision import Revision
from gitpod_sync.sources.files import is_manifest, too_large
from gitpod_sync.sources.folder import blob_hash
from gitpod_sync.sources.git_objects import GitObjects
from gitpod_sync.sources.protocol import WorkTree

_NOT_CHECKED_OUT = "S"
"""git: ls-files, "-t": a file that a sparse checkout leaves out."""


def compare_work_tree(top: Path, git: GitObjects, branch: str, path: str, revision: Revision) -> WorkTree:
    """The work tree at `top` beside the revision, which is what is read of `branch` below `path`. Raises `SourceError`.

    `git` is the repository's own; an empty `branch` is what is checked out.
    """
    checked_out = git.run("rev-parse", "--abbrev-ref", "HEAD").strip()
    if branch not in {"", checked_out}:
        return WorkTree(branch=checked_out)
    return WorkTree(differences=dict(sorted(_differences(top, git, path, revision))))


def _differences(top: Path, git: GitObjects, path: str, revision: Revision) -> Iterator[tuple[str, str]]:
    """Differences by the path below `path`, or by the name of the single file there."""
    tags = _listed(top, git, path)
    root = top / path
    root, prefix = (root.parent, path.removesuffix(root.name)) if root.is_file() else (root, f"{path}/" if path else "")
    for name in {*revision.files, *(each.removeprefix(prefix) for each in tags if is_manifest(each))}:
        place, known = root / name, revision.files.get(name)
        if tags.get(prefix + name) == _NOT_CHECKED_OUT or place.is_symlink():
            continue
        if not place.is_file():
            if known is not None:
                yield name, "removed"
        elif known is None:
            yield name, "new"
        elif too_large(place.stat().st_size) or not _is_same(place.read_bytes(), known.blob):
            yield name, "changed"


def _listed(top: Path, git: GitObjects, path: str) -> Mapping[str, str]:
    """The files of the work tree that git has in its index, or would take into it, with their tags."""
    where = ("-C", str(top), "--git-dir", str(git.folder), "--work-tree", str(top), "--literal-pathspecs")
    what = ("ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")
    told = git.run(*where, *what, "--", *((path,) if path else ()))
    return {name: tag for tag, _, name in (line.partition(" ") for line in told.split("\0") if line)}


def _is_same(content: bytes, blob: str) -> bool:
    """Whether the content is the blob's; line breaks of another system do not count, as where git converts them."""
    return blob in {blob_hash(content), blob_hash(content.replace(b"\r\n", b"\n"))}
