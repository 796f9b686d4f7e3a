"""Where a source is, and whether git may be asked to go there.

git can be made to run programs by a URL (`ext::`), and takes what begins with a dash for an option. Nothing of that
kind gets as far as git.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gitpod_sync.errors import SourceError
from gitpod_sync.redaction import redact

TRANSPORTS = ("https", "http", "ssh", "file")

_SCP_LIKE = re.compile(r"(?:[\w.-]+@)?[\w.-]+:(?!//)[^:].*", re.ASCII)
_HELPER = re.compile(r"\w[\w+.-]*::", re.ASCII)
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")


def without_credentials(url: str) -> str:
    """The part of an address that stays when its user or password changes: by this it is known again."""
    return _CREDENTIALS.sub("", url)


def check_address(url: str) -> None:
    """Raise `SourceError` for what git must not be given."""
    if not url or url.startswith("-") or _HELPER.match(url) or any(ord(character) < ord(" ") for character in url):
        raise SourceError(f"{redact(url)!r} is not the address of a repository", _remedy())
    scheme = urlsplit(url).scheme if "://" in url else ""
    if scheme and scheme not in TRANSPORTS:
        raise SourceError(f"transport {scheme!r} of {redact(url)} is not allowed", _remedy())


def check_name(what: str, name: str) -> None:
    """Raise `SourceError` for a branch that git would take for something else."""
    if name.startswith("-") or any(ord(each) <= ord(" ") or each in "~^:?*[\\" for each in name) or ".." in name:
        raise SourceError(f"{name!r} is not a valid {what}", f"give the {what} as git names it")


def check_path(path: str) -> str:
    """A sub-path in its plain form. Raises `SourceError` for a path that leads out of the source."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    # git would take a colon at the beginning for a pattern.
    if path.startswith(("/", ":")) or ".." in parts or "\0" in path:
        raise SourceError(f"path {path!r} leads out of the source", "give a path within the repository")
    return "/".join(parts)


def local_path(url: str) -> Path | None:
    """The folder on this machine that the address means; None for a remote one."""
    if url.startswith("file://"):
        return Path(unquote(url.removeprefix("file://").removeprefix("localhost")))
    if "://" in url or (_SCP_LIKE.fullmatch(url) and not Path(url).exists()):
        return None
    return Path(url).expanduser().absolute()


def _remedy() -> str:
    return "give a path or a URL with https, ssh or file"
