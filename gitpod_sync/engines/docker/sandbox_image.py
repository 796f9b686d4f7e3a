"""The sandbox's image: our own static program, and nothing else, imported when it is missing."""

import io
import tarfile
from collections.abc import Callable
from contextlib import suppress

from docker import APIClient
from docker.errors import ImageNotFound

from gitpod_sync.engines.docker.sandbox_program import sandbox_program
from gitpod_sync.model.pods.pod import MOST_VOLUMES
from gitpod_sync.model.pods.termination_messages import FILES_EACH, ROOMS


def import_sandbox(client: APIClient, reference: str) -> None:
    """Import the program for the engine's architecture under `reference`, unless it is there already.

    The reference's tag counts the versions of the program, and an import makes a new image each time.
    """
    inspect: Callable[[str], object] = client.inspect_image
    with suppress(ImageNotFound):
        inspect(reference)
        return
    repository, _, tag = reference.rpartition(":")
    client.import_image_from_data(
        _root_filesystem(sandbox_program(client.version()["Arch"])),
        repository=repository,
        tag=tag,
        changes=['ENTRYPOINT ["/sandbox"]'],
    )


def _root_filesystem(program: bytes) -> bytes:
    """The program, a folder for every volume of a pod, and folders with empty files for termination messages.

    An empty volume that is mounted at such a folder gets its mode and what is in it.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(MOST_VOLUMES):
            archive.addfile(_entry(f"volumes/{number}", tarfile.DIRTYPE, 0o777))
        for room in ROOMS:
            archive.addfile(_entry(f"messages/{room}", tarfile.DIRTYPE, 0o755))
            for number in range(room * FILES_EACH):
                archive.addfile(_entry(f"messages/{room}/{number}", tarfile.REGTYPE, 0o666))
        entry = _entry("sandbox", tarfile.REGTYPE, 0o755)
        entry.size = len(program)
        archive.addfile(entry, io.BytesIO(program))
    return buffer.getvalue()


def _entry(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode = kind, mode
    return entry
