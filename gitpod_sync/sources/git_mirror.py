"""A Git repository, mirrored and read as objects. The only module that imports `git`.

There is never a work tree, so no symbolic link, hook, filter or submodule of the repository can act. What was fetched
is kept: the last good revision can be read again after the branch was rewritten.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import git

from gitpod_sync.errors import SourceError
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.address import TRANSPORTS, check_address, check_name, check_path, local_path, redact
from gitpod_sync.sources.files import is_manifest, too_large
from gitpod_sync.sources.local import reference_folders
from gitpod_sync.sources.protocol import Watch
from gitpod_sync.sources.spec import SourceSpec

FETCH_TIMEOUT = 600
"""Seconds after which git is killed; a connection that has come to a standstill is given up by git itself, sooner."""

_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15"
_NEWEST = "refs/gitpod-sync/newest"
_LINK, _SUBMODULE = "120000", "160000"
_CALLERS_REPOSITORY = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
)
_SETTINGS = (
    "-c",
    "safe.directory=*",
    "-c",
    "gc.autoDetach=false",
    "-c",
    "http.lowSpeedLimit=1000",
    "-c",
    "http.lowSpeedTime=30",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
)


class GitSource:
    """One branch of one repository, through a bare mirror below `folder`."""

    def __init__(self, spec: SourceSpec, folder: Path) -> None:
        """Nothing is read yet. Raises `SourceError` for an address, branch or path that git must not be given."""
        for variable in _CALLERS_REPOSITORY:
            # Set when we are run by a hook: they would lead every git of ours into the repository of that hook.
            os.environ.pop(variable, None)
        check_address(spec.url)
        check_name("branch", spec.branch)
        self._spec = spec
        self._path = check_path(spec.path)
        self._local = local_path(spec.url)
        self._address = str(self._local) if self._local else spec.url
        # Without credentials: a new password is no new repository.
        digest = hashlib.sha256(redact(self._address).encode()).hexdigest()[:16]
        self._mirror = folder / f"{digest}.git"
        self._blobs: dict[str, bytes] = {}

    def fetch(self) -> Revision:
        """Fetch the branch and read its newest commit."""
        with self._locked():
            self._make_mirror()
            self._remove_stale_locks()
            commit = self._fetch_commit()
        return self.revision(commit)

    def revision(self, commit: str) -> Revision:
        """Read a commit that was fetched."""
        check_name("commit", commit)
        if not (self._mirror / "HEAD").exists():
            raise SourceError(f"{self._name} was never fetched", "fetch it first")
        try:
            self._run("cat-file", "-e", f"{commit}^{{commit}}")
        except SourceError as error:
            raise SourceError(f"{self._name} has no commit {commit[:12]}", "fetch it again") from error
        repository = git.Repo(self._mirror)
        try:
            return self._read(repository, repository.commit(commit))
        finally:
            repository.close()

    def watch(self, changed: Callable[[], None]) -> Watch:
        """Watch the references of a repository on this machine."""
        from gitpod_sync.sources.watch import NoWatch, watch_references

        return NoWatch() if self._local is None else watch_references(reference_folders(self._local), changed)

    @property
    def _name(self) -> str:
        return redact(self._spec.url)

    def _read(self, repository: git.Repo, commit: git.Commit) -> Revision:
        files: dict[str, SourceFile] = {}
        skipped: dict[str, str] = {}
        kept: dict[str, bytes] = {}
        for entry in self._entries(commit.hexsha):
            reason = _why_skipped(entry)
            if reason:
                skipped[entry.path] = reason
            elif is_manifest(entry.path):
                content = self._blobs.get(entry.hash)
                kept[entry.hash] = _blob(repository, entry.hash) if content is None else content
                files[entry.path] = SourceFile(entry.hash, kept[entry.hash])
        self._blobs = kept
        return Revision(
            source=self._spec.name,
            commit=commit.hexsha,
            files=dict(sorted(files.items())),
            author=f"{commit.author.name} <{commit.author.email}>",
            subject=str(commit.summary),
            committed_at=float(commit.committed_date),
            skipped=dict(sorted(skipped.items())),
        )

    def _entries(self, commit: str) -> list["_Entry"]:
        """What the commit's tree holds below the sub-path, by the path from there."""
        listing = self._run(
            "ls-tree", "-r", "-z", "--long", "--full-tree", commit, *(("--", self._path) if self._path else ())
        )
        entries = [_parse_entry(line) for line in listing.split("\0") if line]
        if not entries and self._path:
            raise SourceError(f"{self._name} has no {self._path!r} in commit {commit[:12]}", "check the path")
        if self._path and [entry.path for entry in entries] == [self._path]:
            reason = _why_skipped(entries[0])
            if reason:
                raise SourceError(f"{self._path!r} of {self._name} cannot be read: {reason}", "check the path")
            return [replace(entries[0], path=self._path.rpartition("/")[2])]
        prefix = f"{self._path}/" if self._path else ""
        return [replace(entry, path=entry.path.removeprefix(prefix)) for entry in entries]

    def _fetch_commit(self) -> str:
        wanted = f"refs/heads/{self._spec.branch}" if self._spec.branch else "HEAD"
        # The program at the other end of a local fetch has to be told by itself that the owner may be somebody else.
        served = ("--upload-pack", "git -c safe.directory=* upload-pack") if self._local else ()
        try:
            self._run("fetch", "--quiet", "--no-tags", *served, "--", self._address, f"+{wanted}:{_NEWEST}")
        except SourceError as error:
            raise self._explain(error) from error
        commit = self._run("rev-parse", f"{_NEWEST}^{{commit}}").strip()
        # A reference a commit keeps it readable after the branch moved on; git forgets unnamed ones some day.
        self._run("update-ref", f"refs/gitpod-sync/kept/{commit}", commit)
        return commit

    def _make_mirror(self) -> None:
        if not (self._mirror / "HEAD").exists():
            self._run("init", "--quiet", "--bare", "--template=")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time fetches into a mirror, so that a lock of git's found there was left by a killed one."""
        try:
            self._mirror.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._mirror, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            message = f"{self._mirror} cannot be used: {error.strerror}"
            raise SourceError(message, "set state_dir to a writable folder") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _remove_stale_locks(self) -> None:
        for lock in (*self._mirror.glob("*.lock"), *self._mirror.glob("refs/**/*.lock")):
            lock.unlink(missing_ok=True)

    def _run(self, *arguments: str) -> str:
        try:
            return str(
                git.Git(self._mirror).execute(
                    ["git", *_SETTINGS, *arguments], env=_environment(), kill_after_timeout=FETCH_TIMEOUT
                )
            )
        except git.GitCommandNotFound as error:
            raise SourceError("git is not installed", "install git") from error
        except git.GitCommandError as error:
            raise SourceError(_reason(error, self._name)) from error

    def _explain(self, error: SourceError) -> SourceError:
        """A failed fetch in plain words: the branch is missing, the repository is empty, or git's own reason."""
        if "couldn't find remote ref" not in error.message:
            return SourceError(f"{self._name} cannot be fetched: {error.message}", "check the address and the network")
        branches = self._run("ls-remote", "--heads", "--", self._address).split("\n")
        names = sorted(line.partition("refs/heads/")[2] for line in branches if line)
        if not names:
            return SourceError(f"{self._name} has no commit yet", "push one")
        branch = self._spec.branch or "HEAD"
        return SourceError(f"{self._name} has no branch {branch!r}", f"it has {', '.join(names[:10])}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a tree's listing."""

    path: str
    mode: str
    hash: str
    size: int


def _parse_entry(line: str) -> _Entry:
    head, _, path = line.partition("\t")
    mode, _kind, name, size = head.split()
    return _Entry(path, mode, name, 0 if size == "-" else int(size))


def _why_skipped(entry: _Entry) -> str:
    if entry.mode == _SUBMODULE:
        return "it is a submodule, which is not followed"
    if entry.mode == _LINK:
        return "it is a symbolic link, which is not followed"
    return too_large(entry.size) if is_manifest(entry.path) else ""


def _blob(repository: git.Repo, name: str) -> bytes:
    content: bytes = repository.odb.stream(bytes.fromhex(name)).read()
    return content


def _environment() -> dict[str, str]:
    """Git without questions, and without transports that run programs."""
    return {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", _SSH),
        "GIT_ALLOW_PROTOCOL": ":".join(TRANSPORTS),
        "GIT_DIR": ".",
        "LC_ALL": "C",
    }


def _reason(error: git.GitCommandError, name: str) -> str:
    """Git's last words as one line, without credentials."""
    lines = [
        line.strip() for line in str(error.stderr).replace("stderr: '", "").strip("' \n").splitlines() if line.strip()
    ]
    # Of a failed connection only what ssh said before tells anything.
    told = [
        line for line in lines if line.startswith(("fatal:", "error:")) and "Could not read from" not in line
    ] or lines
    return redact(told[0].removeprefix("fatal: ").removeprefix("error: ")) if told else f"git gave up on {name}"
