"""A Git repository, fetched into a bare mirror and read from there.

What was fetched is kept: the last good revision can be read again after the branch was rewritten.
"""

import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gitpod_sync.errors import SourceError
from gitpod_sync.model.revision import Revision
from gitpod_sync.redaction import redact
from gitpod_sync.sources.address import check_address, check_name, check_path, local_path, without_credentials
from gitpod_sync.sources.git_objects import GitObjects
from gitpod_sync.sources.local import reference_folders
from gitpod_sync.sources.protocol import Watch, WorkTree
from gitpod_sync.sources.spec import SourceSpec
from gitpod_sync.sources.work_tree import compare_work_tree

log = logging.getLogger(__name__)

_NEWEST = "refs/gitpod-sync/newest"
_KEPT = "refs/gitpod-sync/kept/"
_ENDS = "shallow"
"""Where git notes the commits whose parents a mirror of a shallow clone does not have."""


class GitSource:
    """One branch of one repository, through a bare mirror below `folder`.

    While `keeps` is not so the mirror is only read, and what is fetched goes to one in the system's temporary folder,
    which lives as long as this object and borrows the objects of the other.
    """

    def __init__(self, spec: SourceSpec, folder: Path, keeps: Callable[[], bool] = lambda: True) -> None:
        """Read nothing yet. Raises `SourceError` for an address, branch or path that git must not be given."""
        check_address(spec.url)
        check_name("branch", spec.branch)
        self._spec = spec
        self._path = check_path(spec.path)
        self._local = local_path(spec.url)
        self._address = str(self._local) if self._local else spec.url
        # Without credentials: a new password is no new repository.
        digest = hashlib.sha256(without_credentials(self._address).encode()).hexdigest()[:16]
        self._kept = self._mirror = folder / f"{digest}.git"
        self._keeps = keeps
        self._objects = GitObjects(self._mirror, self._name)
        self._blobs: dict[str, bytes] = {}
        self._checked = False
        self._lendable = True
        """Whether the objects of the kept mirror may be made use of: not once they were found damaged."""

    def fetch(self, *, settled: bool = True) -> Revision:  # noqa: ARG002 - a commit is always whole
        """Fetch the branch and read its newest commit. A mirror that is damaged is only a cache: it is made anew."""
        if self._local and not self._local.exists():
            raise SourceError(f"{self._name} does not exist", "check the path")
        try:
            revision = self._fetch()
        except SourceError:
            if self._checked or self._is_sound():
                self._checked = True
                raise
            log.warning("the mirror of %s is damaged; it is made anew", self._name)
            shutil.rmtree(self._mirror, ignore_errors=True)
            self._lendable = False
            revision = self._fetch()
        self._checked = False
        return revision

    def _fetch(self) -> Revision:
        keeps = self._keeps()
        if not keeps and self._mirror == self._kept:
            self._use(self._make_scratch())
        elif keeps and self._mirror != self._kept:
            self._bring_home()
        with self._locked():
            self._make_mirror()
            self._remove_stale_locks()
            commit = self._fetch_commit()
        return self.revision(commit)

    def _use(self, mirror: Path) -> None:
        self._mirror = mirror
        self._objects = GitObjects(mirror, self._name)

    def _bring_home(self) -> None:
        """From now on what is fetched is kept, and so is what was fetched meanwhile: some of it may be in force."""
        scratch = self._mirror
        self._use(self._kept)
        how = ("--quiet", "--no-tags", "--update-shallow")
        try:
            with self._locked():
                self._make_mirror()
                self._objects.run("fetch", *how, "--", str(scratch), f"{_KEPT}*:{_KEPT}*")
        except SourceError:
            self._use(scratch)
            raise

    def _is_sound(self) -> bool:
        """Whether git finds everything that the mirror's commits need; looked at once in a row of failures."""
        try:
            self._objects.run("fsck", "--connectivity-only", "--no-dangling", "--no-progress")
        except SourceError:
            return False
        return (self._mirror / "HEAD").exists()

    def revision(self, commit: str) -> Revision:
        """Read a commit that was fetched."""
        if not (self._mirror / "HEAD").exists():
            raise SourceError(f"{self._name} was never fetched", "fetch it first")
        revision = self._objects.read(self._spec.name, commit, self._path, self._blobs)
        self._blobs = {file.blob: file.content for file in revision.files.values()}
        return revision

    def keep(self, revision: Revision) -> None:
        """Keep without effect: every fetched commit is kept."""

    def head(self) -> str | None:
        """The commit of the branch, of a repository on this machine."""
        own = self._own()
        wanted = f"refs/heads/{self._spec.branch}" if self._spec.branch else "HEAD"
        try:
            return own.run("rev-parse", "--verify", f"{wanted}^{{commit}}").strip() if own else None
        except SourceError:
            return None

    def work_tree(self, revision: Revision) -> WorkTree:
        """The work tree of a repository on this machine, if it has one."""
        own = self._own()
        if own is None or self._local is None or not (self._local / ".git").exists():
            return WorkTree()
        return compare_work_tree(self._local, own, self._spec.branch, self._path, revision)

    def _own(self) -> GitObjects | None:
        """The repository itself, which is only looked at; None for a repository elsewhere."""
        if self._local is None or not self._local.exists():
            return None
        return GitObjects(reference_folders(self._local)[0].absolute(), self._name)

    def watch(self, changed: Callable[[], None]) -> Watch:
        """Watch the references of a repository on this machine."""
        from gitpod_sync.sources.watch import NoWatch, watch_references

        if self._local is None or not self._local.exists():
            return NoWatch()
        return watch_references(reference_folders(self._local), changed)

    @property
    def _name(self) -> str:
        return redact(self._spec.url)

    def _fetch_commit(self) -> str:
        wanted = f"refs/heads/{self._spec.branch}" if self._spec.branch else "HEAD"
        # The program at the other end of a local fetch has to be told by itself that the owner may be somebody else.
        served = ("--upload-pack", "git -c safe.directory=* upload-pack") if self._local else ()
        # A shallow clone ends at commits that git would not take for an end unasked.
        how = ("--quiet", "--no-tags", "--update-shallow", *served)
        try:
            self._objects.run("fetch", *how, "--", self._address, f"+{wanted}:{_NEWEST}")
        except SourceError as error:
            raise self._explain(error) from error
        commit = self._objects.run("rev-parse", f"{_NEWEST}^{{commit}}").strip()
        # A reference a commit keeps it readable after the branch moved on; git forgets unnamed ones some day.
        self._objects.run("update-ref", f"{_KEPT}{commit}", commit)
        return commit

    def _make_scratch(self) -> Path:
        try:
            folder = tempfile.mkdtemp(prefix="gitpod-sync-")
        except OSError as error:
            message = f"there is no place for a mirror of {self._name}: {error.strerror}"
            raise SourceError(message, "set TMPDIR to a writable folder") from error
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder, self._kept.name)

    def _make_mirror(self) -> None:
        if (self._mirror / "HEAD").exists():
            return
        self._objects.run("init", "--quiet", "--bare", "--template=")
        if self._mirror != self._kept and self._lendable and (self._kept / "HEAD").exists():
            lenders = self._mirror / "objects" / "info" / "alternates"
            lenders.parent.mkdir(exist_ok=True)
            lenders.write_text(f"{self._kept.absolute() / 'objects'}\n")
            if (self._kept / _ENDS).exists():
                shutil.copyfile(self._kept / _ENDS, self._mirror / _ENDS)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """A lock: one process at a time fetches into a mirror, so that a lock of git's there is a killed process's."""
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

    def _explain(self, error: SourceError) -> SourceError:
        """A failed fetch in plain words: the branch is missing, the repository is empty, or git's own reason."""
        if "couldn't find remote ref" not in error.message:
            return SourceError(f"{self._name} cannot be fetched: {error.message}", "check the address and the network")
        branches = self._objects.run("ls-remote", "--heads", "--", self._address).split("\n")
        names = sorted(line.partition("refs/heads/")[2] for line in branches if line)
        if not names:
            return SourceError(f"{self._name} has no commit yet", "make one, or push it there")
        branch = self._spec.branch or "HEAD"
        return SourceError(f"{self._name} has no branch {branch!r}", f"it has {', '.join(names[:10])}")
