"""Images of real software, made from Debian packages: no registry and no installation is needed, only apt's lists.

The packages and the libraries that they need are downloaded once into build/debian/ and joined to one archive, with a
static busybox for a shell.
"""

import fcntl
import hashlib
import io
import os
import re
import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest
from docker import APIClient

from scripts.tiny_image import build_root_filesystem

CACHE = Path(__file__).parents[2] / "build" / "debian"

Closure = list[tuple[str, str]]
"""Names of packages and of their files, in the order in which they are to be unpacked."""

_LIBRARY = re.compile(r"z?lib")
_UNUSED = re.compile(r"lib(llvm|z3|db|gdbm|perl|pam-modules|semanage|sepol|json|bpf|elf|mnl|xtables|tirpc)")
"""Libraries of programs that are not taken along, and of those that are loaded only when they are there."""

_MERGED = ("bin", "lib", "lib64", "sbin")
_LEFT_OUT = ("usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/", "usr/share/lintian/")
_USERS = b"root:x:0:0:root:/root:/bin/sh\nservice:x:999:999:service:/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"


def import_debian_image(client: APIClient, reference: str, packages: Sequence[str]) -> None:
    """Import an image with these packages. Skips the test when they cannot be had; in CI it fails."""
    archive = build_archive(tuple(packages))
    repository, _, tag = reference.rpartition(":")
    client.import_image_from_data(archive, repository=repository, tag=tag, changes=["ENV PATH=/usr/sbin:/usr/bin"])


def build_archive(packages: tuple[str, ...]) -> bytes:
    """The root filesystem, as a tar; kept for as long as the packages have these versions."""
    CACHE.mkdir(parents=True, exist_ok=True)
    closure = _closure(packages)
    kept = CACHE / f"{hashlib.sha256(repr(closure).encode()).hexdigest()[:16]}.tar"
    if not kept.exists():
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_bytes(_build(closure))
        draft.replace(kept)
    return kept.read_bytes()


def _build(closure: Closure) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as joined:
        for folder in _MERGED:
            link = tarfile.TarInfo(folder)
            link.type, link.linkname = tarfile.SYMTYPE, f"usr/{folder}"
            joined.addfile(link)
        users = tarfile.TarInfo("etc/passwd")
        users.size = len(_USERS)
        joined.addfile(users, io.BytesIO(_USERS))
        _join(joined, build_root_filesystem("debian"))
        for path in _download(closure):
            _join(joined, subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True, capture_output=True).stdout)
    return buffer.getvalue()


def _join(joined: tarfile.TarFile, archive: bytes) -> None:
    """Add what is not there yet: the engine refuses an archive that has a path twice."""
    there = set(joined.getnames())
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        for entry in package:
            entry.name = _merged(entry.name)
            if entry.islnk():
                entry.linkname = _merged(entry.linkname)
            if entry.name and entry.name not in there and not entry.name.startswith(_LEFT_OUT):
                there.add(entry.name)
                joined.addfile(entry, package.extractfile(entry) if entry.isreg() else None)


def _merged(name: str) -> str:
    """`./lib/x` as `usr/lib/x`, whether a release has merged the two or not."""
    name = name.removeprefix(".").strip("/")
    first, slash, _ = name.partition("/")
    return f"usr/{name}" if slash and first in _MERGED else name


def _download(closure: Closure) -> Iterator[Path]:
    """The packages' files; one process at a time fetches what is missing, and all of it at once."""
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [name for name, file in closure if not (CACHE / file).exists()]
        if missing:
            words = ["apt-get", "download", *missing]
            done = subprocess.run(words, cwd=CACHE, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                _go_without(f"{', '.join(missing)} cannot be downloaded: {' '.join(done.stderr.split())}")
    return (CACHE / file for _, file in closure)


def _closure(packages: tuple[str, ...]) -> Closure:
    """The packages, those of the same name with a version in it, and the libraries that they need."""
    wanted = re.compile(rf"({'|'.join(packages)})(-client)?(-[0-9]+)?")
    asked = _ask_apt(packages)
    if asked is None and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "--quiet"], capture_output=True, check=False)
        asked = _ask_apt(packages)
    if asked is None:
        _go_without(f"apt knows of no packages {', '.join(packages)}; run apt-get update")
    return [
        (name, file)
        for file in asked
        if wanted.fullmatch(name := file.partition("_")[0]) or (_LIBRARY.match(name) and not _UNUSED.match(name))
    ]


def _ask_apt(packages: tuple[str, ...]) -> list[str] | None:
    """The files that apt would fetch for a machine that has nothing; None when it does not know."""
    with TemporaryDirectory() as empty:
        (Path(empty) / "partial").mkdir()
        options = ("Dir::State::status=/dev/null", f"Dir::Cache::archives={empty}", "Debug::NoLocking=1")
        words = ["apt-get", *(word for each in options for word in ("-o", each)), "--print-uris", "--yes"]
        try:
            words += ["--no-install-recommends", "install", *packages]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            return None
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("'")]


def _go_without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
