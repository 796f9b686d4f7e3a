"""Git's objects, read by asking git. The only module that imports `git`.

There is never a work tree, so no symbolic link, hook, filter or submodule of the repository can act, and reading leaves
no trace in it.
"""

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, cast

import git

from gitpod_sync.errors import NoSuchPath, SourceError
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.redaction import redact
from gitpod_sync.sources.address import TRANSPORTS
from gitpod_sync.sources.files import is_manifest, too_large

TIMEOUT = 600
"""Seconds after which git is killed; a connection that has come to a standstill is given up by git itself, sooner."""

_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=15 -o ServerAliveInterval=15"
_LINK, _SUBMODULE = "120000", "160000"
_SETTINGS = (
    "safe.directory=*",
    "gc.autoDetach=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=30",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "i18n.logOutputEncoding=UTF-8",
)
_CALLERS_QUARANTINE = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
_CALLERS_REPOSITORY = ("GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX")


class GitObjects:
    """The objects of the repository whose git folder (`.git`, or a bare one) is `folder`; `name` is for messages."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._name = name
        _forget_callers_repository(folder)

    def run(self, *arguments: str) -> str:
        """The output of git. Raises `SourceError` with git's own reason."""
        return self._execute(*arguments).decode("utf-8", "surrogateescape")

    def read(self, source: str, commit: str, path: str, known: Mapping[str, bytes]) -> Revision:
        """The manifests below a path ("" for all) of a commit, which may be named in any way that git has.

        A path that is one file gives that file by its name. Blobs in `known` are not read again. Raises `SourceError`
        when there is no such commit, or no such path in it.
        """
        full, committed_at, author, subject = self._describe(commit)
        files: dict[str, str] = {}
        skipped: dict[str, str] = {}
        refused: dict[str, str] = {}
        for entry in self._entries(full, path):
            reason = _why_skipped(entry)
            if reason:
                (refused if too_large(entry.size) else skipped)[entry.path] = reason
            elif is_manifest(entry.path):
                files[entry.path] = entry.blob
        contents = {**known, **self._blobs(sorted(set(files.values()) - known.keys()))}
        return Revision(
            source=source,
            commit=full,
            files={name: SourceFile(files[name], contents[files[name]]) for name in sorted(files)},
            author=author,
            subject=subject,
            committed_at=float(committed_at),
            skipped=dict(sorted(skipped.items())),
            refused=dict(sorted(refused.items())),
        )

    def _describe(self, commit: str) -> tuple[str, str, str, str]:
        """Full hash, time, author and subject."""
        if commit.startswith("-") or not commit.isprintable():
            raise SourceError(f"{commit!r} names no commit", "give it as git does: main, v1.2, HEAD~1 or a hash")
        wanted = f"{commit}^{{commit}}"
        try:
            told = self.run("rev-list", "--max-count=1", "--format=%ct%n%an <%ae>%n%s", wanted, "--")
            header, committed_at, author, subject = told.split("\n")[:4]
        except (SourceError, ValueError) as error:
            shallow = (self.folder / "shallow").exists()
            remedy = "it is a shallow clone: deepen it with git fetch --unshallow" if shallow else "or fetch it"
            raise SourceError(f"{self._name} has no commit {commit[:40]}", f"check its name; {remedy}") from error
        return header.removeprefix("commit "), committed_at, author, subject

    def _entries(self, commit: str, path: str) -> list["_Entry"]:
        """Entries of the commit's tree below the path, by the path from there."""
        listing = self.run("ls-tree", "-r", "-z", "--long", "--full-tree", commit, *(("--", path) if path else ()))
        entries = [_parse_entry(line) for line in listing.split("\0") if line]
        if not entries and path:
            remedy = (
                "check `path`, a folder in the repository: without it the whole is read; "
                "to take all pods of the folder away, keep a file in it, such as .gitkeep, and approve that"
            )
            raise NoSuchPath(f"{self._name} has no {path!r} in commit {commit[:12]}", remedy)
        if path and [entry.path for entry in entries] == [path]:
            reason = _why_skipped(entries[0])
            if reason:
                raise SourceError(f"{path!r} of {self._name} cannot be read: {reason}", "check the path")
            return [replace(entries[0], path=path.rpartition("/")[2])]
        prefix = f"{path}/" if path else ""
        return [replace(entry, path=entry.path.removeprefix(prefix)) for entry in entries]

    def _blobs(self, names: Collection[str]) -> dict[str, bytes]:
        """Contents by hash, all from one process of git."""
        if not names:
            return {}
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{name}\n" for name in names).encode())
            asked.seek(0)
            return dict(_parse_blobs(self._execute("cat-file", "--batch", asked=asked), self._name))

    def _execute(self, *arguments: str, asked: IO[bytes] | None = None) -> bytes:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        try:
            told = git.Git(self.folder).execute(
                ["git", *settings, *arguments],
                istream=cast("BinaryIO | None", asked),
                env=_environment(),
                kill_after_timeout=TIMEOUT,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except git.GitCommandNotFound as error:
            raise SourceError("git is not installed", "install git") from error
        except git.GitCommandError as error:
            raise SourceError(_reason(error, self._name)) from error
        return told


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of a tree's listing."""

    path: str
    mode: str
    blob: str
    size: int


def _parse_entry(line: str) -> _Entry:
    """The entry in a line. The size is `-` where there is none, and `BAD` for an object that is not here."""
    head, _, path = line.partition("\t")
    mode, _kind, name, size = head.split()
    return _Entry(path, mode, name, int(size) if size.isdigit() else 0)


def _why_skipped(entry: _Entry) -> str:
    if entry.mode == _SUBMODULE:
        return "it is a submodule, which is not followed"
    if entry.mode == _LINK:
        return "it is a symbolic link, which is not followed"
    return too_large(entry.size) if is_manifest(entry.path) else ""


def _parse_blobs(answer: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Blobs: a line `hash blob size`, so many bytes, and a line break each (git: cat-file, "BATCH OUTPUT")."""
    start = 0
    while start < len(answer):
        end = answer.index(b"\n", start)
        blob, kind, *size = answer[start:end].decode().split()
        if not size:
            raise SourceError(f"{name} lacks the object {blob[:12]}: git says it is {kind}", "fetch the whole of it")
        content = end + 1
        start = content + int(size[0]) + 1
        yield blob, answer[content : start - 1]


def _forget_callers_repository(folder: Path) -> None:
    """What a calling hook of git has set would lead every git of ours into the repository of that hook.

    Only when that is the very one we are to read do its objects in quarantine count: a `pre-receive` hook can then have
    what is being pushed looked at.
    """
    theirs = os.environ.get("GIT_DIR")
    quarantine = () if theirs and Path(theirs).resolve() == folder.resolve() else _CALLERS_QUARANTINE
    for variable in (*_CALLERS_REPOSITORY, *quarantine):
        os.environ.pop(variable, None)


def _environment() -> dict[str, str]:
    """Git without questions, without transports that run programs, and in the folder where it is called."""
    return {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": os.environ.get("GIT_SSH_COMMAND", _SSH),
        "GIT_ALLOW_PROTOCOL": ":".join(TRANSPORTS),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
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
