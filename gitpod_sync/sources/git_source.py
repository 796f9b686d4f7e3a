"""A branch of a Git repository as a source."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gitpod_sync.errors import SourceError
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.address import check_address, check_branch, check_path, local_path, redact
from gitpod_sync.sources.files import LINK, SUBMODULE, is_manifest, too_large
from gitpod_sync.sources.git_mirror import Entry, GitMirror
from gitpod_sync.sources.protocol import Watch
from gitpod_sync.sources.spec import SourceSpec

FETCH_TIMEOUT = 300.0
"""Seconds, for the first fetch of a large repository. Stalled transfers are given up much sooner."""

_REASONS = {"120000": LINK, "160000": SUBMODULE}
"""By the mode of a tree's entry (gitformat-index, "object type")."""

_COMMIT = re.compile(r"[0-9a-f]{40}")
_BRANCHES_NAMED = 10


class GitSource:
    """One branch, below one path, through a bare mirror below `folder`. For one thread at a time."""

    def __init__(self, spec: SourceSpec, folder: Path, timeout: float = FETCH_TIMEOUT) -> None:
        """Nothing is read yet. Raises `SourceError` for an address, branch or path that git must not be given."""
        check_address(spec.url)
        check_branch(spec.branch)
        self._spec = spec
        self._path = check_path(spec.path)
        self._local = local_path(spec.url)
        self._mirror = GitMirror(folder / f"{_folder_name(spec.url)}.git", spec.url, timeout)
        self._last: Revision | None = None

    def fetch(self) -> Revision:
        """Fetch the branch and read its newest commit."""
        try:
            commit = self._mirror.fetch(self._spec.branch)
        except SourceError as error:
            raise self._explain(error) from error
        return self._read(commit)

    def revision(self, commit: str) -> Revision:
        """Read a commit that was fetched at any time, from this branch or before it was rewritten."""
        if not _COMMIT.fullmatch(commit) or not self._mirror.has(commit):
            raise SourceError(f"{self._name} has no commit {commit[:12]} here", "fetch it")
        return self._read(commit)

    def watch(self, changed: Callable[[], None]) -> Watch:
        """Watch the references of a repository on this machine."""
        from gitpod_sync.sources.watch import NoWatch, watch_references

        return NoWatch() if self._local is None else watch_references(self._local, changed)

    @property
    def _name(self) -> str:
        return redact(self._spec.url)

    def _read(self, commit: str) -> Revision:
        if self._last and self._last.commit == commit:
            return self._last
        entries = self._entries(commit)
        skipped = {entry.path: reason for entry in entries if (reason := _why_skipped(entry))}
        wanted = {entry.path: entry.blob for entry in entries if entry.path not in skipped and is_manifest(entry.path)}
        known = {file.blob: file for file in self._last.files.values()} if self._last else {}
        with self._mirror.reading(commit) as (note, blob):
            files = _read_files(wanted, known, blob)
        self._last = Revision(
            source=self._spec.name,
            commit=commit,
            files=files,
            author=note.author,
            subject=note.subject,
            committed_at=note.committed_at,
            skipped=dict(sorted(skipped.items())),
        )
        return self._last

    def _entries(self, commit: str) -> list[Entry]:
        """What the commit's tree holds below the sub-path, by the path from there."""
        entries = self._mirror.entries(commit, self._path)
        if not self._path:
            return entries
        where = f"path {self._path!r} of {self._name}"
        match entries:
            case []:
                raise SourceError(f"{where} does not exist in commit {commit[:12]}", "check the path and the branch")
            case [Entry(path=self._path) as only]:
                if reason := _REASONS.get(only.mode):
                    raise SourceError(f"{where} cannot be read: {reason}", "give the path it stands for")
                if not is_manifest(only.path):
                    raise SourceError(f"{where} is no manifest by its name", "it must end in .yaml, .yml or .json")
                return [replace(only, path=only.path.rpartition("/")[2])]
        return [replace(entry, path=entry.path.removeprefix(f"{self._path}/")) for entry in entries]

    def _explain(self, error: SourceError) -> SourceError:
        """A failed fetch in plain words: the branch is missing, the repository is empty, or git's own reason."""
        if "couldn't find remote ref" not in error.message:
            remedy = error.remedy or "check the address, the network, and that git has the credentials"
            return SourceError(f"{self._name} cannot be fetched: {error.message}", remedy)
        try:
            branches = self._mirror.branches()
        except SourceError as unlisted:
            return SourceError(f"{self._name} cannot be fetched: {unlisted.message}", "check the address")
        if not branches:
            return SourceError(f"{self._name} has no commit yet", "push one")
        more = " …" if len(branches) > _BRANCHES_NAMED else ""
        named = f"it has {', '.join(branches[:_BRANCHES_NAMED])}{more}"
        if not self._spec.branch:
            return SourceError(f"HEAD of {self._name} names no branch that exists", f"set the branch: {named}")
        return SourceError(f"{self._name} has no branch {self._spec.branch!r}", named)


def _folder_name(url: str) -> str:
    """One mirror an address. A changed password is no other repository; another user of ssh has other folders."""
    address = str(local_path(url) or (redact(url) if url.startswith("http") else url))
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _why_skipped(entry: Entry) -> str:
    if reason := _REASONS.get(entry.mode):
        return reason
    return too_large(entry.size) if is_manifest(entry.path) else ""


def _read_files(
    wanted: Mapping[str, str], known: Mapping[str, SourceFile], blob: Callable[[str], bytes]
) -> dict[str, SourceFile]:
    """The files by path in order. What an earlier revision has, is not read again; equal files are kept once."""
    read = dict(known)
    for name in sorted(set(wanted.values()) - read.keys()):
        read[name] = SourceFile(name, blob(name))
    return {path: read[name] for path, name in sorted(wanted.items())}
