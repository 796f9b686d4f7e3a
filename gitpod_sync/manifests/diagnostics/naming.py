"""How diagnostics name a file: as the person who gave it, else by its path, and with several sources `source/path`."""

from collections.abc import Callable, Mapping, Sequence

from gitpod_sync.model.revision import Revision


def naming(revision: Revision, among: Sequence[Revision]) -> Callable[[str], str]:
    """The function from a file's path in the revision to its name in diagnostics."""
    prefix = f"{revision.source}/" if len(among) > 1 else ""
    return lambda path: revision.names.get(path) or prefix + path


def contents_by_name(revisions: Sequence[Revision]) -> Mapping[str, bytes]:
    """The bytes of every file by the name that diagnostics give it."""
    contents: dict[str, bytes] = {}
    for revision in revisions:
        name = naming(revision, revisions)
        contents.update((name(path), file.content) for path, file in revision.files.items())
    return contents
