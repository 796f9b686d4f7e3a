"""Places in volumes of files at which other volumes are mounted, as an engine with a real filesystem has them. Pure."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from gitpod_sync.model.base.paths import cleaned, first_names
from gitpod_sync.model.engine.container import Mount, MountKind


def compute_seen(files: Iterable[str], folders: Iterable[str]) -> frozenset[str]:
    """Files that readers see: a folder of ours whose name a file begins with hides the file."""
    own = first_names(folders)
    return frozenset(path for path in files if PurePosixPath(path).parts[0] not in own)


def compute_folders(files: Iterable[str], folders: AbstractSet[str], wanted: Iterable[str]) -> set[str]:
    """Folders of the volume after a write: new ones replace no file that was seen, and none goes away."""
    taken = first_names(compute_seen(files, folders))
    return {*folders, *(path for path in wanted if not first_names([path]) & taken)}


def find_enclosing(mounts: Sequence[Mount], inner: Mount) -> Mount | None:
    """The mount that another one is mounted within."""
    place = _place(inner)
    around = (each for each in mounts if each is not inner and place.is_relative_to(_place(each)))
    return max(around, key=lambda each: len(_place(each).parts), default=None)


def refuse_place(outer: Mount, inner: Mount, files: Iterable[str], folders: AbstractSet[str]) -> str:
    """Why nothing can be mounted there in a volume with these that is only read; "" when it can."""
    place = _place(inner).relative_to(_place(outer))
    seen = {PurePosixPath(path) for path in compute_seen(files, folders)}
    if any(path != place and path.is_relative_to(place) for path in seen):
        return ""
    if any(PurePosixPath(path).is_relative_to(place) for path in folders):
        return ""
    if place not in seen:
        return f"mkdir {inner.target}: read-only file system"
    # Of a part, and of a path of the node, nobody here knows whether it is a file.
    return "" if inner.sub_path or inner.kind is MountKind.BIND else f"mount {inner.target}: not a directory"


def _place(mount: Mount) -> PurePosixPath:
    return PurePosixPath(cleaned(mount.target))
