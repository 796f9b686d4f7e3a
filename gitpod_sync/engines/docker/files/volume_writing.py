"""Writing the files of a volume through the engine's archive API, so that readers see all of the old or all of the new.

The layout is the kubelet's: the files are in a folder of their own, `..data` points to it, and what readers open points
through `..data`. A new state is put beside the old one, and renaming one link shows it. The archive API can neither
rename nor remove, so that last step is done by the sandbox's program, which obeys such orders.
"""

import io
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from docker import APIClient

from gitpod_sync.engines.docker.files.executing import execute_orders
from gitpod_sync.model.base.paths import first_names
from gitpod_sync.model.pods.volume_file import VolumeFile
from gitpod_sync.operations.operations import WriteFiles

_DATA, _NEXT = "..data", "..data_tmp"
_FOLDER_MODE = 0o755
_GROUP_FOLDER_MODE = 0o2775
_OWN = ".."
"""What is not for readers begins like this; no key of a ConfigMap or Secret does."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """The content of a volume: paths below its root. `current` is the folder that `..data` points to."""

    current: str = ""
    links: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    files: Mapping[str, tuple[bytes, int, int]] = field(default_factory=dict, repr=False)

    def state_of(self, folder: str) -> Mapping[str, tuple[bytes, int, int]]:
        """Content, mode and group of every file below a folder."""
        start = f"{folder}/"
        return {path.removeprefix(start): found for path, found in self.files.items() if path.startswith(start)}


def write_files(client: APIClient, operation: WriteFiles) -> None:
    """Make the volume hold these files and no others. One call to look, one to write, two to swap what was there."""
    found = _read_layout(client, operation)
    wanted = {file.path: (file.content, file.mode, operation.group or 0) for file in operation.files}
    places = _places(operation, found)
    links = first_names(file.path for file in operation.files) - first_names(places)
    there = found.links == links and found.folders >= places
    if found.current and found.state_of(found.current) == wanted and there:
        return
    folder = _next_folder(found)
    client.put_archive(operation.id, operation.path, _archive(operation, folder, found, places, links))
    orders = list(_orders(operation.path, folder, found, places, links))
    if orders:
        execute_orders(client, operation.id, orders)


def _read_layout(client: APIClient, operation: WriteFiles) -> _Layout:
    chunks, _ = client.get_archive(operation.id, operation.path)
    current, links, folders, files = "", set(), set(), {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
        for entry in archive:
            # The archive's paths begin with the name of the folder that was asked for.
            path = entry.name.partition("/")[2]
            if path == _DATA:
                current = entry.linkname
            elif entry.issym() and path != _NEXT:
                links.add(path)
            elif entry.isdir() and path:
                folders.add(path)
            elif entry.isfile() and (content := archive.extractfile(entry)) is not None:
                files[path] = (content.read(), entry.mode & 0o777, entry.gid)
    return _Layout(current, frozenset(links), frozenset(folders), files)


def _archive(
    operation: WriteFiles, folder: str, found: _Layout, places: frozenset[str], links: frozenset[str]
) -> bytes:
    """The new state in a folder of its own, the link to it, and what readers see and is not there yet.

    `links` are what readers open: the first name of every file, unless a folder for another volume has it.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in _folders(folder, operation.files):
            archive.addfile(_entry(path, tarfile.DIRTYPE, operation.group))
        for file in operation.files:
            entry = _entry(f"{folder}/{file.path}", tarfile.REGTYPE, operation.group)
            entry.size, entry.mode = len(file.content), file.mode
            archive.addfile(entry, io.BytesIO(file.content))
        archive.addfile(_link(_NEXT if found.current else _DATA, folder))
        for path in sorted(places - found.folders):
            archive.addfile(_entry(path, tarfile.DIRTYPE, None))
        for name in sorted(links - found.links):
            archive.addfile(_link(name, f"{_DATA}/{name}"))
    return buffer.getvalue()


def _orders(root: str, folder: str, found: _Layout, places: frozenset[str], links: frozenset[str]) -> Iterator[str]:
    """Orders to the sandbox program: show the new state, then remove the old one from the inside out."""
    kept = {folder, *places}
    if found.current:
        yield from ("rename", f"{root}/{_NEXT}", f"{root}/{_DATA}")
    for name in sorted(found.links - links):
        yield from ("unlink", f"{root}/{name}")
    for path in sorted(found.files):
        if not path.startswith(f"{folder}/"):
            yield from ("unlink", f"{root}/{path}")
    for path in sorted(found.folders, reverse=True):
        if path not in kept and not path.startswith(f"{folder}/"):
            yield from ("delete", f"{root}/{path}")


def _next_folder(found: _Layout) -> str:
    """`..1`, `..2` and so on: the first that is not there."""
    number = 1
    while f"{_OWN}{number}" in found.folders:
        number += 1
    return f"{_OWN}{number}"


def _places(operation: WriteFiles, found: _Layout) -> frozenset[str]:
    """Folders for other volumes, with those above them.

    A folder of files would go with its state, and take along what is mounted there; so one of its own has its name. But
    nothing takes the place of what may be mounted over already: neither a folder that of a link, nor a link that of a
    folder, even of one that is not asked for any more since a file has its name.
    """
    places = [path for path in operation.folders if not first_names([path]) & found.links]
    made = (path for path in found.folders if not path.startswith(_OWN))
    return frozenset({*places, *_parents(places), *made})


def _parents(paths: Iterable[str]) -> set[str]:
    return {str(parent) for path in paths for parent in PurePosixPath(path).parents if str(parent) != "."}


def _folders(folder: str, files: Iterable[VolumeFile]) -> list[str]:
    return [folder, *(f"{folder}/{path}" for path in sorted(_parents(file.path for file in files)))]


def _entry(path: str, kind: bytes, group: int | None) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mtime, entry.gid = kind, int(time.time()), group or 0
    entry.mode = _GROUP_FOLDER_MODE if group else _FOLDER_MODE
    return entry


def _link(path: str, target: str) -> tarfile.TarInfo:
    entry = _entry(path, tarfile.SYMTYPE, None)
    entry.linkname, entry.mode = target, 0o777
    return entry
