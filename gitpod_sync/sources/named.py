"""Files, folders and standard input as a person names them on a command line, as they lie there or in a commit.

Each becomes a revision of its own, so that patterns and hidden names are judged from the folder that was named. A file
named by itself is read whatever its name ends in, and through symbolic links: nothing of a repository chose it.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gitpod_sync.errors import NoSuchPath, SourceError
from gitpod_sync.model.revision import Revision, SourceFile
from gitpod_sync.sources.files import LARGEST_FILE, is_manifest
from gitpod_sync.sources.folder import blob_hash, read_folder
from gitpod_sync.sources.local import is_repository, reference_folders

STANDARD_INPUT = "-"

_CHART = "Chart.yaml"


def read_named(paths: Sequence[str], standard_input: Callable[[], bytes]) -> tuple[Revision, ...]:
    """A revision for each path; a file that two of them reach is in the first. Raises `SourceError`."""
    return tuple(_each_file_once(_read(path, standard_input) for path in paths))


def read_named_at(paths: Sequence[str], commit: str, *, missing_is_empty: bool = False) -> tuple[Revision, ...]:
    """The same paths as they are in a commit of the repository that holds them, read from its objects.

    `commit` is named in any way that git has. Raises `SourceError` when there is no repository or no such commit, and
    for a path that the commit does not have unless `missing_is_empty`.
    """
    return tuple(_each_file_once(_read_at(path, commit, missing_is_empty=missing_is_empty) for path in paths))


def _read(path: str, standard_input: Callable[[], bytes]) -> Revision:
    if path == STANDARD_INPUT:
        return _one_file(path, "stdin", "<stdin>", standard_input())
    place = Path(path)
    try:
        if place.is_dir():
            return _named_as_given(read_folder(path, place), place)
        with place.open("rb") as file:
            # One byte more than a source reads at all: enough for the reader to see that it is too much.
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise SourceError(f"{path} does not exist", "check the path") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    if place.is_absolute() or ".." in place.parts:
        return _one_file(path, place.name, str(place), content)
    return _with_charts(_one_file(path, place.as_posix(), str(place), content), place)


def _one_file(source: str, path: str, name: str, content: bytes) -> Revision:
    path = path if is_manifest(path) else f"{path}.yaml"
    return Revision(source, "", {path: SourceFile(blob_hash(content), content)}, names={path: _printable(name)})


def _with_charts(revision: Revision, place: Path) -> Revision:
    """With the Helm charts that a file is part of: that they are there decides whether it is read."""
    charts = [folder / _CHART for folder in place.parents if (folder / _CHART).is_file() and folder / _CHART != place]
    files = {chart.as_posix(): SourceFile(blob_hash(b""), b"") for chart in charts}
    names = {path: _printable(path) for path in files}
    return replace(revision, files={**revision.files, **files}, names={**revision.names, **names})


def _read_at(path: str, commit: str, *, missing_is_empty: bool) -> Revision:
    place = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links out of the repository
    top = next((folder for folder in (place, *place.parents) if is_repository(folder)), None)
    if path == STANDARD_INPUT or top is None:
        what = "standard input" if path == STANDARD_INPUT else path
        raise SourceError(f"{what} is in no Git repository", "give a path in one, without --rev and --since any path")
    # git itself tells that it is missing, when it is called.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from gitpod_sync.sources.git_objects import GitObjects

    below = "/".join(place.relative_to(top).parts)
    try:
        revision = GitObjects(reference_folders(top)[0], str(top)).read(path, commit, below, {})
    except NoSuchPath:
        if missing_is_empty:
            return Revision(path, commit, {})
        raise
    is_file = [*revision.files, *revision.skipped, *revision.refused] == [place.name] and below
    return _named_as_given(revision, Path(path).parent if is_file else Path(path))


def _named_as_given(revision: Revision, place: Path) -> Revision:
    names = {path: _printable(str(place / path)) for path in (*revision.files, *revision.skipped, *revision.refused)}
    return replace(revision, names=names)


def _each_file_once(revisions: Iterable[Revision]) -> Iterator[Revision]:
    """Charts stay in every revision, since each is judged by itself."""
    known: set[str] = set()
    for revision in revisions:
        places = {path: os.path.abspath(name) for path, name in revision.names.items()}  # noqa: PTH100 - see above
        fresh = {path for path, place in places.items() if place not in known or path.endswith(_CHART)}
        known.update(places.values())
        yield replace(
            revision,
            files={path: file for path, file in revision.files.items() if path in fresh},
            skipped={path: reason for path, reason in revision.skipped.items() if path in fresh},
            refused={path: reason for path, reason in revision.refused.items() if path in fresh},
        )


def _printable(name: str) -> str:
    """The name with marks for bytes that are no text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
